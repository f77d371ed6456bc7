package dev.rbees.worker.grammar;

import java.util.List;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.Dialects;
import tools.jackson.databind.JsonNode;

/** Whether a JSON document is a JSON Schema at all. The standard's own schema comes with the library; nothing is fetched. */
final class MetaSchema {

    private static final Schema DRAFT_2020_12 = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SchemaLocation.of(Dialects.getDraft202012().getId()));

    private MetaSchema() {}

    /** @throws dev.rbees.api.error.RbeesException INVALID_REQUEST naming the first place that is wrong */
    static void check(JsonNode schema) {
        List<Error> errors = DRAFT_2020_12.validate(schema);
        if (!errors.isEmpty()) {
            throw SchemaProblem
                    .malformed("at #" + errors.getFirst().getInstanceLocation() + ", " + errors.getFirst().getMessage());
        }
    }
}

package dev.rbees.api.json;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * The one JSON dialect of all programs: snake_case names, absent instead of null, times as RFC 3339 in UTC with exactly
 * three fraction digits, and limits on what is read.
 */
public final class Json {

    /** The longest body that any of our endpoints reads, in bytes. */
    public static final int MAX_BODY_BYTES = 4 * 1024 * 1024;

    /** Names, values and brackets of one document: some more than the longest list of token ids that is sent. */
    private static final int MAX_TOKENS = 600_000;

    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
            .withZone(ZoneOffset.UTC);

    /** why: duplicate keys are how one parser is made to see another request than the next one. */
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxNumberLength(100)
                    .maxStringLength(MAX_BODY_BYTES)
                    .maxNameLength(256)
                    .maxTokenCount(MAX_TOKENS)
                    .maxDocumentLength(MAX_BODY_BYTES * 4L)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .changeDefaultPropertyInclusion(_ -> JsonInclude.Value.construct(JsonInclude.Include.NON_NULL,
                    JsonInclude.Include.NON_NULL))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .addModule(new SimpleModule("rbees").addSerializer(Instant.class, new InstantSerializer()))
            .build();

    private Json() {}

    public static JsonMapper mapper() {
        return MAPPER;
    }

    public static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    public static String writePretty(Object value) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
    }

    /**
     * Reads what another program of ours, or a file of ours, says. Unknown fields are passed over.
     *
     * @throws RbeesException INVALID_REQUEST when it is not JSON of that shape
     */
    public static <T> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JacksonException e) {
            throw notJson(e);
        }
    }

    /**
     * Reads a body.
     *
     * @throws RbeesException INVALID_REQUEST when it is not JSON of that shape
     */
    public static <T> T read(byte[] json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JacksonException e) {
            throw notJson(e);
        }
    }

    /** @throws RbeesException INVALID_REQUEST when it is not JSON */
    public static JsonNode readTree(byte[] json) {
        try {
            return MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw notJson(e);
        }
    }

    /** A time as our JSON has it. */
    public static String format(Instant time) {
        return MILLIS.format(time);
    }

    private static RbeesException notJson(JacksonException e) {
        var where = e.getLocation() == null || e.getLocation().getLineNr() < 1
                ? ""
                : " (line %d, column %d)".formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
        return new RbeesException(ErrorCode.INVALID_REQUEST,
                "the body is not valid JSON of the expected shape" + where + "; check quotes, commas and field types", e);
    }

    private static final class InstantSerializer extends StdSerializer<Instant> {
        InstantSerializer() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant value, JsonGenerator out, SerializationContext context) {
            out.writeString(format(value));
        }
    }
}

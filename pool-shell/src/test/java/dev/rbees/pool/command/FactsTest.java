package dev.rbees.pool.command;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.api.model.Catalog;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.inventory.Machine;
import dev.rbees.pool.model.LocalCatalog;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.pool.process.FakeInstallation;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.Terminals;
import dev.rbees.shell.pool.PoolSpecs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code status} and {@code info} on a machine with a card, a model and a worker, against the schemas that docs promise. */
class FactsTest {

    private static final Path SCHEMAS = Path.of("../docs/schema");

    @TempDir
    Path folder;

    private String run(CommandSpec spec, String... words) throws Exception {
        RbeesHome home = new RbeesHome(folder.resolve("home"));
        Path smi = Files.writeString(folder.resolve("nvidia-smi"),
                "#!/bin/sh\necho '0, NVIDIA T4, 15360, [N/A], 7.5, 00000000:00:04.0'\n");
        smi.toFile().setExecutable(true);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console = new Console(new PrintStream(out, true, UTF_8), new PrintStream(OutputStream.nullOutputStream()),
                InputStream.nullInputStream(), new Terminals(false, false, false),
                Map.of("PATH", folder + ":/bin:/usr/bin"));
        StatusCommand command = new StatusCommand(new Machine(console.environment()), home,
                new ModelStore(home, new LocalCatalog(home, Catalog.builtIn())),
                new WorkerFleet(home, Map.of(), Clock.systemUTC()),
                console);
        ShellCommand.Work work = spec.equals(PoolSpecs.INFO) ? command::info : command::status;
        assertThat(work.run(CommandLine.parse(spec, List.of(words)))).isZero();
        return out.toString(UTF_8);
    }

    private void fillHome() throws Exception {
        FakeInstallation.prepare(folder, folder.resolve("home"));
        Path workers = Files.createDirectories(folder.resolve("home/workers"));
        Files.writeString(workers.resolve("worker-cpu-gone.json"),
                """
                {"worker_id": "worker-cpu-gone", "pid": 1, "process_start": "never", "backend": "cpu",
                 "model": "smollm2-135m", "port": 8001, "threads": 1, "started_at": "2026-01-01T00:00:00.000Z"}
                """);
    }

    private static void assertValid(String schema, JsonNode document) throws Exception {
        Schema checked = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(SCHEMAS.resolve(schema)));
        assertThat(checked.validate(document)).isEmpty();
        assertThat(undescribed(Json.readTree(Files.readAllBytes(SCHEMAS.resolve(schema))), document)).isEmpty();
        // why: a schema that lets everything pass would do so too
        JsonNode wrong = Json.readTree(document.toString().replace("\"free_bytes\":", "\"free_bites\":").getBytes(UTF_8));
        assertThat(checked.validate(wrong)).isNotEmpty();
    }

    /** Fields of the document that the schema does not know. */
    private static List<String> undescribed(JsonNode schema, JsonNode document) {
        List<String> unknown = new ArrayList<>();
        collect(schema, schema, document, "", unknown);
        return unknown;
    }

    private static void collect(JsonNode root, JsonNode schema, JsonNode value, String path, List<String> unknown) {
        String reference = schema.path("$ref").asString("");
        JsonNode described = reference.isEmpty() ? schema : root.at(reference.substring(1));
        if (value.isArray()) {
            value.forEach(item -> collect(root, described.path("items"), item, path + "[]", unknown));
        }
        for (String name : value.propertyNames()) {
            if (!described.path("properties").has(name)) {
                unknown.add(path + "/" + name);
            } else {
                collect(root, described.path("properties").path(name), value.path(name), path + "/" + name, unknown);
            }
        }
    }

    @Test
    void bothAreAsTheirSchemasSay() throws Exception {
        fillHome();
        JsonNode status = Json.readTree(run(PoolSpecs.STATUS, "--output", "json").getBytes(UTF_8));
        JsonNode info = Json.readTree(run(PoolSpecs.INFO, "--output", "json").getBytes(UTF_8));

        assertValid("status.schema.json", status);
        assertValid("info.schema.json", info);
        for (JsonNode facts : List.of(status, info)) {
            assertThat(facts.at("/models/0/id").asString()).isEqualTo("smollm2-135m");
            assertThat(facts.at("/workers/0/status").asString()).isEqualTo("exited");
            assertThat(facts.at("/gpus/0/name").asString()).isEqualTo("NVIDIA T4");
            assertThat(facts.at("/gpus/0").has("vram_free_bytes")).isFalse();
        }
        assertThat(info.at("/cpu/cores").asInt()).isPositive();
        assertThat(status.has("cpu")).isFalse();
        assertThat(status.has("os")).isFalse();
    }

    @Test
    void theTablesShowWhatThereIs() throws Exception {
        fillHome();

        assertThat(run(PoolSpecs.STATUS)).containsPattern("HOST +MEMORY FREE").contains("NVIDIA T4")
                .contains("worker-cpu-gone").doesNotContain("FEATURES");
        assertThat(run(PoolSpecs.INFO)).contains("FEATURES").contains("NVIDIA T4").contains("smollm2-135m");
        assertThat(run(PoolSpecs.INFO, "--output", "name").lines()).hasSize(1);
    }
}

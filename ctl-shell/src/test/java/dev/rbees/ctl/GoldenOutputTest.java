package dev.rbees.ctl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.rbees.api.json.Json;
import dev.rbees.testing.Golden;

import static dev.rbees.ctl.client.FakeServer.json;
import static org.assertj.core.api.Assertions.assertThat;

/** Every help page of the program's own commands, and every listing in every form. */
class GoldenOutputTest extends CtlProcess {

    private static final List<String> FORMS = List.of("table", "json", "yaml", "name");
    private static final List<String> GROUPS = List.of("jobs", "orchestrator", "context", "test");
    private static final List<String> OWN = List.of("infer", "jobs", "jobs submit", "jobs follow", "jobs list", "jobs show",
            "jobs status", "jobs explain", "jobs cancel", "workers", "workers show", "models", "top", "orchestrator",
            "orchestrator start", "orchestrator stop", "orchestrator status", "orchestrator logs", "context", "context list",
            "context show", "context use", "context set", "context delete", "test", "test models", "test report",
            "pool register", "pool list", "pool show", "pool unregister", "pool doctor", "completion", "script");
    private static final String WAITING = """
                                          {"job_id":"0c5e8c1e-3f5a-4b5e-9a55-0a3c2f1d7b11","status":"QUEUED","model":"smollm2-135m",\
                                          "priority":"interactive","queue_position":2,"created_at":"CREATED","attempts":[]}""";
    private static final String DONE = """
                                       {"job_id":"7f1b2a3c-0000-4b5e-9a55-0a3c2f1d7b12","status":"COMPLETED","model":"tiny",\
                                       "priority":"batch","created_at":"CREATED","started_at":"2026-11-23T12:00:01.000Z",\
                                       "ended_at":"2026-11-23T12:00:03.500Z","worker_id":"worker-cpu-x7k2p9","tokens_in":31,\
                                       "tokens_out":7,"stop_reason":"EOS","attempts":[{"number":1,"worker_id":"worker-cpu-x7k2p9",\
                                       "started_at":"CREATED","ended_at":"2026-11-23T12:00:03.500Z","outcome":"completed","exact":true}]}""";

    /** What each line prints, under a line that repeats it. */
    private String printed(Stream<String> lines) throws Exception {
        StringBuilder all = new StringBuilder();
        for (String line : lines.toList()) {
            all.append("$ rbees ").append(line).append('\n');
            Ran ran = run(line.split(" ", -1));
            assertThat(ran.err()).as(line).isEmpty();
            all.append(ran.out()).append('\n');
        }
        return all.toString();
    }

    @Test
    void helpPages() throws Exception {
        Path script = Files.writeString(folder.resolve("help.rbees"),
                OWN.stream().map(path -> "help " + path).collect(Collectors.joining("\n")));
        Golden.check("help.txt", run("script", script.toString()).out());
    }

    @Test
    void theOverviewListsThePoolsCommandsAfterItsOwn() throws Exception {
        String page = run("--help").out();
        assertThat(page).startsWith("rbees: hands tasks to the orchestrator and drives the machines behind it\n\n"
                + "Usage: rbees <command> [arguments] [options]\n\n  infer ")
                .contains("'rbees <command> --help' shows what a command takes, '--version' the version.\n")
                .endsWith("Without a command, at a terminal, it is a shell in which they are typed.\n");
        assertThat(OWN.stream().filter(path -> !GROUPS.contains(path))).allMatch(path -> page.contains("\n  " + path + " "));
        assertThat(page.indexOf("  pool models list")).isGreaterThan(page.indexOf("  jobs cancel"));
    }

    @Test
    void jobsInDocuments() throws Exception {
        serve("2026-11-23T12:00:00.000Z");
        Golden.check("jobs-documents.txt", printed(FORMS.stream().filter(form -> !form.equals("table"))
                .flatMap(form -> Stream.of("jobs list -o " + form, "jobs show 7f1b2a3c -o " + form,
                        "jobs show 0c5e 7f1b -o " + form))));
    }

    @Test
    void jobsInTables() throws Exception {
        serve(Json.format(Instant.now().minus(Duration.ofSeconds(3 * 60 + 20))));
        Golden.check("jobs-tables.txt", printed(Stream.of("jobs list", "jobs show 7f1b2a3c", "jobs show 0c5e 7f1b")));
    }

    private void serve(String created) {
        String waiting = WAITING.replace("CREATED", created);
        String done = DONE.replace("CREATED", created);
        server.on("GET /v2/tasks?limit=50", json(200, "[" + waiting + "," + done + "]"));
        server.on("GET /v2/tasks?limit=1000", json(200, "[" + waiting + "," + done + "]"));
        server.on("GET /v2/tasks/0c5e8c1e-3f5a-4b5e-9a55-0a3c2f1d7b11", json(200, waiting));
        server.on("GET /v2/tasks/7f1b2a3c-0000-4b5e-9a55-0a3c2f1d7b12", json(200, done));
    }
}

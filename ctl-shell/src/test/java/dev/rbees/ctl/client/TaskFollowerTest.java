package dev.rbees.ctl.client;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.shell.client.AnswerPrinter;
import dev.rbees.shell.client.Credentials;

import static dev.rbees.ctl.client.FakeServer.cutAfter;
import static dev.rbees.ctl.client.FakeServer.end;
import static dev.rbees.ctl.client.FakeServer.event;
import static dev.rbees.ctl.client.FakeServer.events;
import static dev.rbees.ctl.client.FakeServer.json;
import static dev.rbees.ctl.client.FakeServer.token;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class TaskFollowerTest {

    private static final String EVENTS = "GET /v2/tasks/t1/events";
    private static final String EXPLAIN = "GET /v2/tasks/t1/explain";
    private static final String QUEUED = event(1, "queued", "\"job_id\":\"t1\",\"queue_position\":2");
    private static final String STARTED = event(2, "started",
            "\"job_id\":\"t1\",\"model\":\"m\",\"started_at\":\"2026-11-23T12:00:00.000Z\",\"seed\":7,"
                    + "\"worker_id\":\"worker-cpu-a\",\"queue_wait_ms\":3");

    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final List<String> said = new ArrayList<>();
    private final AnswerPrinter printer = new AnswerPrinter(new PrintStream(text, true, UTF_8), said::add);
    private FakeServer server;

    @BeforeEach
    void start() {
        server = new FakeServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private TaskFollower follower() {
        return new TaskFollower(new Orchestrator(server.url(), Credentials.NONE), printer, Duration.ofMillis(1));
    }

    private String text() {
        return text.toString(UTF_8);
    }

    @Test
    void printsTheTextAndTellsTheRest() {
        server.on(EVENTS, events(QUEUED, QUEUED.replace("id: 1", "id: 2"), STARTED.replace("id: 2", "id: 3"),
                token(4, 0, "Par"), token(5, 1, ""), token(6, 2, "is."),
                event(7, "metrics", "\"job_id\":\"t1\",\"tokens_out\":3,\"decode_time_ms\":9,\"tokens_per_sec\":1.0,"
                        + "\"vram_bytes\":1"),
                event(8, "of-a-later-version", "\"x\":1"), end(9, 4)));

        follower().follow("t1");

        assertThat(text()).isEqualTo("Paris.\n");
        assertThat(said).containsExactly("queued, position 2", "started on worker-cpu-a",
                "4 tokens in 400 ms, EOS, 10.00 tokens/s");
        assertThat(printer.exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void comesBackAfterTheLastEventAndShowsNothingTwice() {
        List<String> all = List.of(QUEUED, STARTED, token(3, 0, "a"), token(4, 1, "b"), token(5, 2, "c"), end(6, 3));
        server.on(EVENTS, exchange -> {
            String after = exchange.getRequestHeaders().getFirst("Last-Event-ID");
            int seen = after == null ? 0 : Integer.parseInt(after);
            // why: each connection brings one new event, and once more the last one that was seen
            String[] some = all.subList(Math.max(0, seen - 1), Math.min(all.size(), seen + 1)).toArray(String[]::new);
            (seen + 1 >= all.size() ? events(some) : cutAfter(some)).write(exchange);
        });

        follower().follow("t1");

        assertThat(text()).isEqualTo("abc\n");
        assertThat(said).hasSize(3);
        assertThat(server.requests()).filteredOn(request -> request.line().equals(EVENTS))
                .extracting(FakeServer.Request::lastEventId)
                .containsExactly("null", "1", "2", "3", "4", "5");
    }

    @Test
    void saysForWhatATaskWaits() {
        server.on(EVENTS,
                events(QUEUED, QUEUED.replace("id: 1", "id: 2").replace(":2}", ":1}"), STARTED.replace("id: 2", "id: 3"),
                        token(4, 0, "a"), end(5, 1)));
        server.on(EXPLAIN, json(200, explanation("no_free_slot", "12000")));

        follower().follow("t1");

        assertThat(said).startsWith("queued, position 2",
                "it waits because every slot of the workers with its model is in use;"
                        + " it probably begins in 12s",
                "queued, position 1");
        assertThat(server.requests()).filteredOn(request -> request.line().equals(EXPLAIN)).hasSize(1);
    }

    @Test
    void saysHowATaskWithoutAWorkerGetsOne() {
        server.on(EVENTS, events(QUEUED, STARTED, token(3, 0, "a"), end(4, 1)));
        server.on(EXPLAIN, json(200, explanation("no_worker", "null")));

        follower().follow("t1");

        assertThat(said).contains("it waits because no worker has the model m; 'rbees-pool worker spawn' starts one");
    }

    private static String explanation(String reason, String start) {
        return "{\"job_id\":\"t1\",\"status\":\"QUEUED\",\"model\":\"m\",\"priority\":\"batch\",\"waiting\":{\"reason\":\""
                + reason
                + "\",\"queue_position\":2,\"predicted_start_ms\":" + start
                + ",\"workers\":{}},\"waited_ms\":3,\"attempts\":[]}";
    }

    @Test
    void aStreamThatEndsBeforeTheTaskIsNoEnd() {
        server.on(EVENTS, exchange -> {
            boolean first = exchange.getRequestHeaders().getFirst("Last-Event-ID") == null;
            (first ? events(QUEUED, STARTED, token(3, 0, "a")) : events(token(4, 1, "b"), end(5, 2))).write(exchange);
        });

        follower().follow("t1");

        assertThat(text()).isEqualTo("ab\n");
    }

    @Test
    void waitsForAnOrchestratorThatIsBeingRestarted() {
        server.on(EVENTS, exchange -> {
            long before = server.requests().stream().filter(request -> request.line().equals(EVENTS)).count();
            (before == 1
                    ? cutAfter(QUEUED, STARTED, token(3, 0, "a"))
                    : before < 4 ? json(503, "{\"error\":{\"code\":\"DRAINING\",\"message\":\"shutting down\"}}")
                            : events(token(4, 1, "b"), end(5, 2)))
                    .write(exchange);
        });

        follower().follow("t1");

        assertThat(text()).isEqualTo("ab\n");
    }

    @Test
    void givesUpWhenTheOrchestratorStaysAway() {
        server.on(EVENTS, cutAfter(QUEUED, STARTED, token(3, 0, "a")));

        RbeesException failure = catchThrowableOfType(RbeesException.class, () -> follower().follow("t1"));

        assertThat(failure.code().exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(failure)
                .hasMessageContaining("was lost and did not come back; the task goes on, and 'rbees jobs follow t1'"
                        + " shows its answer later");
        assertThat(said).endsWith("the connection was lost; trying to come back to the task t1");
        assertThat(server.requests()).filteredOn(request -> request.line().equals(EVENTS)).hasSize(13);
        assertThat(text()).isEqualTo("a");
    }

    @Test
    void anErrorEventDecidesTheExitCode() {
        server.on(EVENTS, events(QUEUED, STARTED, token(3, 0, "a"),
                event(4, "error", "\"code\":\"WORKER_UNAVAILABLE\",\"message\":\"the worker \\u001b[31mdied\"")));

        follower().follow("t1");

        assertThat(text()).isEqualTo("a\n");
        assertThat(said).last().isEqualTo("error: the worker [31mdied (WORKER_UNAVAILABLE)");
        assertThat(printer.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
    }

    @Test
    void anEmptyAnswerIsWorthAWarning() {
        server.on(EVENTS, events(QUEUED, STARTED, end(3, 0)));

        follower().follow("t1");

        assertThat(text()).isEmpty();
        assertThat(said).last().asString().startsWith("warning: the answer is empty");
    }

    @Test
    void textOfTheModelCannotSteerTheTerminal() {
        server.on(EVENTS, events(QUEUED, STARTED, token(3, 0, "\\u001b]0;x\\u0007\\u009b2Jok\\r\\n"), end(4, 1)));

        follower().follow("t1");

        assertThat(text()).isEqualTo("]0;x2Jok\n");
    }

    @Test
    void anUnknownTaskAndAMissingOrchestratorAreToldAtOnce() {
        assertThat(catchThrowableOfType(RbeesException.class, () -> follower().follow("t1")).code())
                .isEqualTo(ErrorCode.TASK_NOT_FOUND);
        assertThat(server.requests()).hasSize(1);
        server.close();
        assertThat(catchThrowableOfType(RbeesException.class, () -> follower().follow("t1")))
                .hasMessageContaining("no answer from " + server.url()).hasMessageContaining("rbees orchestrator start");
    }

    @Test
    void knowsAfterWhatTimeARefusalWantsToBeAskedAgain() {
        server.on(EVENTS, exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "7");
            json(503, "{\"error\":{\"code\":\"OVERLOADED\",\"message\":\"busy\"}}").write(exchange);
        });

        RbeesException refusal = catchThrowableOfType(RbeesException.class, () -> follower().follow("t1"));

        assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void aTaskThatWasJustAcceptedIsWorthFurtherTries() {
        server.on(EVENTS, exchange -> (server.requests().size() == 1
                ? json(503, "{\"error\":{\"code\":\"OVERLOADED\",\"message\":\"busy\"}}")
                : events(QUEUED, STARTED, token(3, 0, "a"), end(4, 1))).write(exchange));

        follower().followAccepted("t1");

        assertThat(text()).isEqualTo("a\n");
    }

    @Test
    void anEventThatIsNotUnderstoodIsSaidToBe() {
        server.on(EVENTS, events(event(1, "token", "\"t\":7")));

        RbeesException failure = catchThrowableOfType(RbeesException.class, () -> follower().follow("t1"));

        assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(failure).hasMessageContaining("of the same version");
    }

    @Test
    void stopsWhenNobodyReadsTheAnswer() {
        server.on(EVENTS, events(QUEUED, STARTED, token(3, 0, "a"), token(4, 1, "b"), end(5, 2)));
        PrintStream closed = new PrintStream(new ByteArrayOutputStream(), true, UTF_8);
        closed.close();
        TaskFollower follower = new TaskFollower(new Orchestrator(server.url(), Credentials.NONE),
                new AnswerPrinter(closed, said::add),
                Duration.ofMillis(1));

        assertThat(catchThrowableOfType(RbeesException.class, () -> follower.follow("t1")))
                .hasMessageContaining("nobody reads");
    }
}

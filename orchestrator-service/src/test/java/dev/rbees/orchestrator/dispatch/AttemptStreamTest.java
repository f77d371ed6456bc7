package dev.rbees.orchestrator.dispatch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.TaskEvent;

import static org.assertj.core.api.Assertions.assertThat;

/** What a worker may say, and what is made of anything else. */
class AttemptStreamTest {

    private static final String STARTED = """
                                          event: started
                                          data: {"type":"started","job_id":"t","model":"m","started_at":"2026-01-31T12:00:00.000Z","seed":3}

                                          """;
    private static final String TOKEN = "event: token\ndata: {\"type\":\"token\",\"t\":\"é\",\"i\":0,\"id\":5}\n\n";
    private static final String END = """
                                      event: end
                                      data: {"type":"end","tokens_in":3,"tokens_out":1,"decode_time_ms":2,"stop_reason":"EOS"}

                                      """;

    private final List<String> heard = new ArrayList<>();
    private final AttemptStream stream = new AttemptStream("w1", new AttemptListener() {
        @Override
        public void started(TaskEvent.Started event) {
            heard.add("started " + event.seed().value());
        }

        @Override
        public void said(String type, String data) {
            heard.add(type + " " + data);
        }

        @Override
        public void ended(AttemptEnd end) {
            heard.add(switch (end) {
                case AttemptEnd.Complete complete -> "complete " + complete.end().tokensOut();
                case AttemptEnd.Broken broken -> broken.code() + ": " + broken.message();
            });
        }
    });

    private void feed(String text) {
        stream.feed(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000})
    void hearsTheSameInPiecesOfAnySize(int size) {
        byte[] bytes = (": hello\n\n" + STARTED + TOKEN + END).getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; from += size) {
            stream.feed(java.util.Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)));
        }
        stream.closed();
        assertThat(heard).containsExactly("started 3", "token {\"type\":\"token\",\"t\":\"é\",\"i\":0,\"id\":5}",
                "complete 1");
    }

    @Test
    void aStreamThatJustStopsIsALostWorker() {
        feed(STARTED + TOKEN);
        stream.closed();
        assertThat(heard.getLast()).isEqualTo("WORKER_UNAVAILABLE: worker w1 was lost while it was working on this task");
    }

    @Test
    void passesTheWorkersOwnErrorOn() {
        feed(STARTED + "event: error\ndata: {\"type\":\"error\",\"code\":\"INFERENCE_FAILED\",\"message\":\"it broke\"}\n\n"
                + TOKEN);
        assertThat(heard).containsExactly("started 3", "INFERENCE_FAILED: it broke");
    }

    @ParameterizedTest
    @ValueSource(strings = {TOKEN, END, "event: started\ndata: {\"type\":\"started\"\n\n",
        "event: end\ndata: {\"type\":\"nonsense\"}\n\n", "event: error\ndata: 7\n\n"})
    void refusesWhatIsOutOfOrderOrNotUnderstood(String text) {
        feed(text);
        assertThat(heard).singleElement().asString().startsWith(ErrorCode.WORKER_UNAVAILABLE.name());
    }

    @Test
    void refusesALineWithoutEnd() {
        byte[] megabyte = new byte[1024 * 1024];
        java.util.Arrays.fill(megabyte, (byte) 'x');
        stream.feed(megabyte);
        stream.feed(megabyte);
        assertThat(heard).singleElement().asString().contains("not understood");
    }

    @Test
    void passesOverEventsOfANewerWorker() {
        feed(STARTED + "event: weather\ndata: {}\n\n" + END);
        assertThat(heard).containsExactly("started 3", "complete 1");
    }
}

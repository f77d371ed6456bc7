package dev.rbees.ctl.matrix;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.rbees.api.sse.SseEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class AnswerCheckTest {

    private static final String STARTED = "started \"job_id\":\"t\",\"model\":\"m\",\"started_at\":\"2026-11-23T12:00:00.000Z\",\"seed\":7";
    private static final String METRICS = "metrics \"job_id\":\"t\",\"tokens_out\":1,\"decode_time_ms\":9,\"tokens_per_sec\":1.0,\"vram_bytes\":1";
    private static final String ERROR = "error \"code\":\"VRAM_OOM\",\"message\":\"full\"";

    private static String token(int index) {
        return "token \"t\":\"t" + index + "\",\"i\":" + index + ",\"id\":1";
    }

    private static String end(int tokens) {
        return "end \"tokens_in\":5,\"tokens_out\":" + tokens + ",\"decode_time_ms\":400,\"stop_reason\":\"EOS\"";
    }

    private static List<SseEvent> stream(String... events) {
        List<SseEvent> stream = new ArrayList<>();
        for (String event : events) {
            String name = event.split(" ", 2)[0];
            stream.add(new SseEvent("" + stream.size(), name, "{\"type\":\"" + name + "\"," + event.split(" ", 2)[1] + "}"));
        }
        return stream;
    }

    @Test
    void takesAStreamThatIsAsItShouldBe() throws Exception {
        assertThat(AnswerCheck.judge(stream(STARTED, token(0), METRICS, token(1), end(2))))
                .isEqualTo(new AnswerCheck.Answer("t0t1", 2, "EOS", 400));
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                arguments("stops without a last event", stream()),
                arguments("stops without a last event", stream(STARTED, token(0))),
                arguments("out of order", stream(token(0), end(1))),
                arguments("out of order", stream(STARTED, STARTED, token(0), end(1))),
                arguments("out of order", stream(STARTED, token(0), end(1), end(1))),
                arguments("out of order", stream(STARTED, token(0), end(1), ERROR)),
                arguments("token 2 came where token 1 was due", stream(STARTED, token(0), token(2), end(2))),
                arguments("token 0 came where token 1 was due", stream(STARTED, token(0), token(0), end(2))),
                arguments("2 tokens came, but the end says 3", stream(STARTED, token(0), token(1), end(3))),
                arguments("no token came", stream(STARTED, end(0))),
                arguments("ends with VRAM_OOM: full", stream(STARTED, token(0), ERROR)),
                arguments("ends with VRAM_OOM: full", stream(ERROR)),
                arguments("'token' is not understood", stream(STARTED, "token \"i\":\"x\"", end(1))));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void refusesAnyOther(String why, List<SseEvent> stream) {
        assertThatThrownBy(() -> AnswerCheck.judge(stream)).isInstanceOf(TrialException.class).hasMessageContaining(why);
    }
}

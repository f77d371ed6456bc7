package dev.rbees.worker.generation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.worker.tokenizer.Tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

class AnswerTest {

    /** Each id stands for some bytes; 9 is special. */
    private static final Tokenizer BYTES = new Tokenizer() {
        private final byte[][] bytes = {text("a"), text("ST"), text("OP"), {(byte) 0xE6}, {(byte) 0x97, (byte) 0xA5},
            text("b")};

        @Override
        public int[] encode(String text, boolean parseSpecial) {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] bytes(int id) {
            return id < bytes.length ? bytes[id] : new byte[0];
        }

        @Override
        public int vocabularySize() {
            return 10;
        }

        @Override
        public boolean addsBos() {
            return false;
        }

        @Override
        public String kind() {
            return "bytes";
        }

        private byte[] text(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    };

    private final List<TaskEvent> events = new ArrayList<>();
    private final Answer answer = new Answer("job", BYTES, new StopMatcher(List.of("STOP")), events::add, 42);

    private void tokens(int... ids) {
        for (int id : ids) {
            answer.token(id, null, 1_000_000);
        }
    }

    private List<TaskEvent.Token> tokenEvents() {
        return events.stream().filter(TaskEvent.Token.class::isInstance).map(TaskEvent.Token.class::cast).toList();
    }

    @Test
    void sendsEachTokenAtOnce() {
        tokens(0);
        assertThat(events).containsExactly(new TaskEvent.Token("a", 0, 0));
        tokens(5);
        assertThat(events).containsExactly(new TaskEvent.Token("a", 0, 0), new TaskEvent.Token("b", 1, 5));
    }

    @Test
    void aHalfCharacterJoinsALaterToken() {
        tokens(3, 4);
        assertThat(events).containsExactly(new TaskEvent.Token("", 0, 3), new TaskEvent.Token("日", 1, 4));
    }

    @Test
    void aPossibleStopTextWaitsForTheNextToken() {
        tokens(0, 1);
        assertThat(tokenEvents()).extracting(TaskEvent.Token::t).containsExactly("a");
        tokens(0);
        assertThat(tokenEvents()).extracting(TaskEvent.Token::t).containsExactly("a", "", "STa");
    }

    @Test
    void textThatWasHeldIsNotLostAtTheEnd() {
        tokens(0, 1);
        answer.end(3, 0, StopReason.EOS);
        assertThat(events).containsExactly(new TaskEvent.Token("a", 0, 0), new TaskEvent.Token("ST", 1, 1),
                new TaskEvent.End(3, 0, 2, 0, StopReason.EOS, null));
    }

    @Test
    void aStopTextIsNotShownButItsTokensAreEvents() {
        tokens(0, 1, 2);
        assertThat(answer.matchedStop()).contains("STOP");
        answer.end(3, 0, StopReason.STOP_SEQUENCE);
        assertThat(tokenEvents()).extracting(TaskEvent.Token::t).containsExactly("a", "", "");
        assertThat(tokenEvents()).extracting(TaskEvent.Token::id).containsExactly(0, 1, 2);
        assertThat(events.getLast()).isEqualTo(new TaskEvent.End(3, 0, 3, 0, StopReason.STOP_SEQUENCE, "STOP"));
    }

    @Test
    void anUnfinishedCharacterIsDroppedAtTheEnd() {
        tokens(0, 3);
        answer.end(1, 0, StopReason.MAX_TOKENS);
        assertThat(tokenEvents()).extracting(TaskEvent.Token::t).containsExactly("a", "");
    }

    @Test
    void aSpecialTokenIsAnEventWithoutText() {
        tokens(9);
        assertThat(events).containsExactly(new TaskEvent.Token("", 0, 9));
    }

    @Test
    void aFailureIsTheLastEvent() {
        tokens(1);
        answer.fail(ErrorCode.CANCELLED, "the request was cancelled");
        assertThat(events).containsExactly(new TaskEvent.Token("ST", 0, 1),
                new TaskEvent.Failed(ErrorCode.CANCELLED, "the request was cancelled"));
    }

    @Test
    void saysHowItGoesEveryHalfSecond() {
        for (int i = 0; i <= 20; i++) {
            answer.token(0, null, i * 100_000_000L);
        }
        List<TaskEvent.Metrics> metrics = events.stream().filter(TaskEvent.Metrics.class::isInstance)
                .map(TaskEvent.Metrics.class::cast).toList();
        assertThat(metrics).hasSize(4);
        assertThat(metrics.getFirst()).isEqualTo(new TaskEvent.Metrics("job", 6, 500, 10, 42));
    }
}

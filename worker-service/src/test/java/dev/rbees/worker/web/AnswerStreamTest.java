package dev.rbees.worker.web;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;

class AnswerStreamTest {

    private static Flux<String> lines(AnswerStream stream) {
        return stream.frames().map(frame -> frame.toString(StandardCharsets.UTF_8).lines().findFirst().orElse(""));
    }

    @Test
    void aCommentShowsThatItLivesWhileThereIsNothingToSay() {
        AnswerStream stream = new AnswerStream();
        StepVerifier.withVirtualTime(() -> lines(stream)).expectSubscription()
                .thenAwait(Duration.ofSeconds(2)).expectNext(": working", ": working")
                .then(() -> stream.accept(new TaskEvent.Token("a", 0, 7))).expectNext("event: token")
                .thenAwait(Duration.ofSeconds(1)).then(() -> stream.accept(new TaskEvent.Token("b", 1, 8)))
                .expectNext("event: token")
                .thenAwait(Duration.ofSeconds(2)).expectNext(": working")
                .then(() -> stream.accept(new TaskEvent.End(1, 0, 2, 3, StopReason.EOS, null)))
                .expectNext("event: end").verifyComplete();
    }
}

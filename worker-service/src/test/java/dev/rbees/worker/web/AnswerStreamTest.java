package dev.rbees.worker.web;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;

import static org.assertj.core.api.Assertions.assertThat;

class AnswerStreamTest {

    private static final TaskEvent END = new TaskEvent.End(1, 0, 2, 3, StopReason.EOS, null);

    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("loop").unstarted(task));

    @AfterEach
    void stop() {
        loop.shutdownNow();
    }

    private AnswerStream stream(long signOfLifeMillis) {
        return new AnswerStream(loop, signOfLifeMillis);
    }

    private static Flux<String> texts(AnswerStream stream) {
        return stream.frames().map(frame -> frame.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aCommentShowsThatItLivesWhileThereIsNothingToSay() {
        AnswerStream stream = stream(20);
        var _ = loop.scheduleAtFixedRate(stream::alive, 0, 5, TimeUnit.MILLISECONDS);
        StepVerifier.create(texts(stream)).expectNext(": working\n\n", ": working\n\n")
                .then(() -> stream.accept(new TaskEvent.Token("a", 0, 7))).thenConsumeWhile(text -> text.startsWith(":"))
                .assertNext(text -> assertThat(text).startsWith("event: token"))
                .expectNext(": working\n\n")
                .then(() -> stream.accept(END)).thenConsumeWhile(text -> text.startsWith(":"))
                .assertNext(text -> assertThat(text).startsWith("event: end"))
                .expectComplete().verify(Duration.ofSeconds(20));
    }

    @Test
    void nothingIsSaidWhileTheBatchLoopDoesNotComeRound() {
        AnswerStream stream = stream(20);
        StepVerifier.create(texts(stream)).expectNext(": working\n\n").expectNoEvent(Duration.ofMillis(200))
                .then(stream::alive).expectNext(": working\n\n").expectNoEvent(Duration.ofMillis(200))
                .thenCancel().verify(Duration.ofSeconds(20));
    }

    @Test
    void whatWaitsIsJoinedAndNothingIsLost() {
        AnswerStream stream = stream(60_000);
        for (int i = 0; i < 1_000; i++) {
            stream.accept(new TaskEvent.Token("t", i, i));
        }
        stream.accept(END);
        List<String> writes = Objects.requireNonNull(texts(stream).collectList().block(Duration.ofSeconds(20)));
        assertThat(writes).hasSizeLessThan(20);
        assertThat(String.join("", writes).split("event: token", -1)).hasSize(1_001);
        assertThat(writes.getLast()).contains("event: end");
    }

    @Test
    void everythingIsGivenOnTheLoopWhoeverMakesIt() throws InterruptedException {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        AnswerStream stream = stream(60_000);
        Thread maker = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 10_000; i++) {
                stream.accept(new TaskEvent.Token("t", i, i));
            }
            stream.accept(END);
        });
        texts(stream).doOnEach(_ -> threads.add(Thread.currentThread().getName())).doOnNext(order::add)
                .then().block(Duration.ofSeconds(20));
        maker.join();
        assertThat(threads).containsExactly("loop");
        assertThat(String.join("", order).split("event: token", -1)).hasSize(10_001);
    }

    @Test
    void aReaderWhoTakesNothingNeverHoldsUpTheMakerAndIsCutOff() {
        AnswerStream stream = stream(60_000);
        String text = "x".repeat(10_000);
        StepVerifier.create(stream.frames().cast(DataBuffer.class), 0).then(() -> {
            for (int i = 0; i < 2_000; i++) {
                stream.accept(new TaskEvent.Token(text, i, i));
            }
        }).expectError(AnswerStream.SlowReaderException.class).verify(Duration.ofSeconds(20));
    }
}

package dev.rbees.orchestrator.dispatch;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Seed;
import dev.rbees.api.task.TaskEvent;

import static org.assertj.core.api.Assertions.assertThat;

/** What a worker may say, what is made of it, and what is made of anything else. */
class AttemptStreamTest {

    private static final int VOCABULARY = 1_000;
    private static final String TIME = "2026-01-31T12:00:00.000Z";
    private static final String STARTED = frame("started",
            "\"job_id\":\"t\",\"model\":\"m\",\"started_at\":\"" + TIME + "\",\"seed\":3");
    private static final String TOKEN = token(0, "é");
    private static final String METRICS = frame("metrics",
            "\"job_id\":\"t\",\"tokens_out\":900,\"decode_time_ms\":5,\"tokens_per_sec\":2.5,\"vram_bytes\":7");
    private static final String END = end(3, 1, 2);

    private final AtomicLong nanos = new AtomicLong(7);
    private final RecordingListener listener = new RecordingListener();
    private final AttemptStream stream = stream(0, 4, null);
    private final List<String> heard = listener.heard;

    private AttemptStream stream(int first, int end, @Nullable Integer logprobs) {
        return stream(first, end, logprobs, listener);
    }

    private AttemptStream stream(int first, int end, @Nullable Integer logprobs, AttemptListener hears) {
        return new AttemptStream("w1",
                new AttemptLimits("t", first, end, VOCABULARY, 100, logprobs, List.of("STOP"), null), hears, nanos::get);
    }

    private static String frame(String type, String fields) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + fields + "}\n\n";
    }

    private static String token(int index, String text) {
        return token(index, text, 5);
    }

    private static String token(int index, String text, int id) {
        return frame("token", "\"t\":\"" + text + "\",\"i\":" + index + ",\"id\":" + id);
    }

    private static String end(int in, int out, int ms) {
        return frame("end",
                "\"tokens_in\":" + in + ",\"tokens_out\":" + out + ",\"decode_time_ms\":" + ms + ",\"stop_reason\":\"EOS\"");
    }

    private boolean feed(String text) {
        return stream.feed(text.getBytes(StandardCharsets.UTF_8));
    }

    private void assertBroken(String rule) {
        assertThat(heard.getLast()).isEqualTo("WORKER_UNAVAILABLE: worker w1 sent what no worker may send: " + rule);
        assertThat(listener.ends()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000})
    void hearsTheSameInPiecesOfAnySize(int size) {
        byte[] bytes = (": hello\n\n" + STARTED + TOKEN + METRICS + END).getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; from += size) {
            assertThat(stream.feed(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)))).isTrue();
        }
        stream.closed();
        assertThat(heard).containsExactly("started t 3", "{\"type\":\"token\",\"t\":\"é\",\"i\":0,\"id\":5}",
                "{\"type\":\"metrics\",\"job_id\":\"t\",\"tokens_out\":1,\"decode_time_ms\":5,\"tokens_per_sec\":2.5,"
                        + "\"vram_bytes\":7}",
                "{\"type\":\"end\",\"tokens_in\":3,\"tokens_out\":1,\"decode_time_ms\":2,\"stop_reason\":\"EOS\"}");
    }

    @Test
    void linesMayEndAsOtherProgramsEndThem() {
        feed((STARTED + TOKEN + END).replace("\n", "\r\n"));
        assertThat(heard).hasSize(3).last().asString().contains("\"tokens_out\":1");
    }

    // --- written anew ---

    @Test
    void whatAWorkerAddsIsNotPassedOn() {
        feed(STARTED + frame("token",
                "\"t\":\"a\",\"i\":0,\"id\":1,\"x\":{\"y\":[1]},\"logprobs\":{\"logprob\":-1,\"top\":[]}"));
        assertThat(heard.getLast()).isEqualTo("{\"type\":\"token\",\"t\":\"a\",\"i\":0,\"id\":1}");
    }

    @Test
    void theSeedIsTheOneThatWasOrdered() {
        AttemptStream ordered = new AttemptStream("w1",
                new AttemptLimits("t", 0, 4, VOCABULARY, 100, null, List.of(), new Seed(99)), listener, nanos::get);
        ordered.feed(STARTED.getBytes(StandardCharsets.UTF_8));
        assertThat(heard).containsExactly("started t 99");
    }

    @Test
    void tokensAreCountedHere() {
        feed(STARTED + TOKEN + token(1, "b") + end(2_000_000_000, 2_000_000_000, 2));
        assertThat(heard.getLast()).contains("\"tokens_in\":100,\"tokens_out\":2,");
    }

    @Test
    void anAnswerThatGoesOnCountsAllItsTokens() {
        AttemptStream second = stream(3, 5, null);
        second.feed((STARTED + token(3, "d") + end(5, 1, 0)).getBytes(StandardCharsets.UTF_8));
        assertThat(heard.getLast()).contains("\"tokens_out\":4,");
    }

    @Test
    void noAnswerTookLongerThanItLasted() {
        nanos.addAndGet(2_000_000_000);
        feed(STARTED + TOKEN + end(1, 1, 2_000_000_000));
        assertThat(heard.getLast()).contains("\"decode_time_ms\":3000");
    }

    @Test
    void likelihoodsComeWhenTheyWereAskedFor() {
        AttemptStream asked = stream(0, 4, 1);
        asked.feed(
                (STARTED + frame("token", "\"t\":\"a\",\"i\":0,\"id\":1,\"logprobs\":{\"logprob\":-0.5,\"top\":[{\"id\":1,"
                        + "\"t\":\"a\",\"logprob\":-0.5}]}")).getBytes(StandardCharsets.UTF_8));
        assertThat(heard.getLast())
                .contains("\"logprobs\":{\"logprob\":-0.5,\"top\":[{\"id\":1,\"t\":\"a\",\"logprob\":-0.5}]}");
    }

    @Test
    void halfAPairOfSurrogatesIsNotPassedOn() {
        feed(STARTED + token(0, "a\\ud800b"));
        assertThat(heard.getLast().getBytes(StandardCharsets.UTF_8)).isEqualTo(
                "{\"type\":\"token\",\"t\":\"a\uFFFDb\",\"i\":0,\"id\":5}".getBytes(StandardCharsets.UTF_8));
    }

    // --- refused ---

    @ParameterizedTest
    @ValueSource(strings = {
        "event: token\ndata: this is no JSON\n\n",
        "event: token\ndata: {\"type\":\"token\",\"t\":\"a\",\"i\":0,\"id\":1}\revent: end\rdata: {}\r\rid: 99999\n\n",
        "event: token\ndata: {\"type\":\"token\",\"t\":\"a\rb\",\"i\":0,\"id\":1}\n\n",
        "event: token\ndata: {\"type\":\"token\",\"t\":\"a\",\"i\":0,\"id\":1} x\n\n",
        "event: token\ndata: {\"type\":\"token\",\"t\":\"a\",\"i\":0,\"i\":0,\"id\":1}\n\n",
        "event: token\ndata: {\"type\":\"token\",\"t\":\"a\",\"id\":1}\n\n",
        "event: token\ndata: {\"type\":\"token\",\"t\":\"a\",\"i\":99999999999,\"id\":1}\n\n",
        "event: token\ndata: {\"type\":\"token\",\"t\":{},\"i\":0,\"id\":1}\n\n",
        "event: token\ndata: {\"type\":\"token\",\"t\":\"a\",\"i\":0,\"id\":1,\"logprobs\":{\"logprob\":-1}}\n\n",
        "event: metrics\ndata: {\"type\":\"nonsense\"}\n\n", "event: end\ndata: []\n\n", "event: error\ndata: {\n\n",
        "event: started\ndata: {\"type\":\"started\",\"job_id\":\"t\",\"model\":\"m\",\"started_at\":\"soon\",\"seed\":3}\n\n"})
    void refusesWhatIsNotJsonOfItsForm(String text) {
        AttemptStream begun = stream(0, 4, 1);
        begun.feed((STARTED + text + TOKEN).getBytes(StandardCharsets.UTF_8));
        assertThat(heard).hasSize(2);
        assertBroken("an event that is not JSON of its form");
    }

    @Test
    void refusesBytesThatAreNoText() {
        byte[] bytes = (STARTED + TOKEN).getBytes(StandardCharsets.ISO_8859_1);
        stream.feed(bytes);
        assertBroken("an event that is not JSON of its form");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event: token\ndata: null\n\n",
        "event: end\ndata: {\"type\":\"token\",\"t\":\"a\",\"i\":0,\"id\":1}\n\n",
        "event: token\ndata: {\"type\":\"error\",\"code\":\"INTERNAL\",\"message\":\"x\"}\n\n"})
    void refusesAFrameThatIsNotWhatItsNameSays(String text) {
        feed(STARTED + text);
        assertBroken("a frame whose name is not the type of its event");
    }

    @Test
    void refusesEventsOutOfOrder() {
        for (String text : List.of(TOKEN, METRICS, END, STARTED + STARTED)) {
            RecordingListener alone = new RecordingListener();
            stream(0, 4, null, alone).feed(text.getBytes(StandardCharsets.UTF_8));
            assertThat(alone.heard.getLast()).endsWith("events out of order");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, -1, Integer.MAX_VALUE})
    void refusesTokensThatAreNotInOrder(int index) {
        feed(STARTED + token(index, "a"));
        assertBroken("tokens out of order");
    }

    @Test
    void refusesAnIndexThatWasThere() {
        feed(STARTED + TOKEN + TOKEN);
        assertBroken("tokens out of order");
    }

    @Test
    void refusesToBeginAgainWhereItShouldGoOn() {
        AttemptStream second = stream(3, 5, null);
        second.feed((STARTED + TOKEN).getBytes(StandardCharsets.UTF_8));
        assertBroken("tokens out of order");
    }

    @Test
    void refusesMoreTokensThanWereAskedFor() {
        feed(STARTED + TOKEN + token(1, "") + token(2, "") + token(3, ""));
        assertThat(heard).hasSize(5);
        feed(token(4, ""));
        assertBroken("more tokens than were asked for");
    }

    @ParameterizedTest
    @ValueSource(ints = {-5, VOCABULARY, Integer.MAX_VALUE})
    void refusesTokensOutsideTheVocabulary(int id) {
        feed(STARTED + token(0, "a", id));
        assertBroken("a token outside the vocabulary");
    }

    @Test
    void refusesATextThatNoTokenHas() {
        feed(STARTED + token(0, "x".repeat(8 * 1024 + 1)));
        assertBroken("the text of a token");
        assertThat(heard.getLast()).doesNotContain("xx");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "\"job_id\":\"other\",\"tokens_out\":1,\"decode_time_ms\":5,\"tokens_per_sec\":2.5,\"vram_bytes\":7",
        "\"job_id\":\"t\",\"tokens_out\":-1,\"decode_time_ms\":5,\"tokens_per_sec\":2.5,\"vram_bytes\":7",
        "\"job_id\":\"t\",\"tokens_out\":1,\"decode_time_ms\":-5,\"tokens_per_sec\":2.5,\"vram_bytes\":7",
        "\"job_id\":\"t\",\"tokens_out\":1,\"decode_time_ms\":5,\"tokens_per_sec\":\"NaN\",\"vram_bytes\":7",
        "\"job_id\":\"t\",\"tokens_out\":1,\"decode_time_ms\":5,\"tokens_per_sec\":1e300,\"vram_bytes\":7",
        "\"job_id\":\"t\",\"tokens_out\":1,\"decode_time_ms\":5,\"tokens_per_sec\":2.5,\"vram_bytes\":9223372036854775807"})
    void refusesMeasurementsThatCannotBe(String fields) {
        feed(STARTED + frame("metrics", fields));
        assertThat(heard).hasSize(2).last().asString().contains("measurements");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"tokens_in\":-1000000,\"tokens_out\":1,\"decode_time_ms\":1,\"stop_reason\":\"EOS\"",
        "\"tokens_in\":1,\"tokens_out\":-1,\"decode_time_ms\":1,\"stop_reason\":\"EOS\"",
        "\"tokens_in\":1,\"tokens_out\":1,\"decode_time_ms\":-1,\"stop_reason\":\"EOS\"",
        "\"tokens_in\":1,\"tokens_out\":1,\"tokens_cached\":-1,\"decode_time_ms\":1,\"stop_reason\":\"EOS\""})
    void refusesCountsBelowZero(String fields) {
        feed(STARTED + TOKEN + frame("end", fields));
        assertBroken("a count below zero");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"EOS\",\"stop_sequence_matched\":\"STOP\"",
        "\"STOP_SEQUENCE\",\"stop_sequence_matched\":\"other\"",
        "null"})
    void refusesAnEndForAReasonThatWasNotAskedFor(String reason) {
        feed(STARTED + frame("end", "\"tokens_in\":1,\"tokens_out\":1,\"decode_time_ms\":1,\"stop_reason\":" + reason));
        assertBroken("a reason for the end that was not asked for");
    }

    @Test
    void anEndByAStopTextThatWasAskedForIsTold() {
        feed(STARTED + frame("end", "\"tokens_in\":9,\"tokens_cached\":50,\"tokens_out\":0,\"decode_time_ms\":1,"
                + "\"stop_reason\":\"STOP_SEQUENCE\",\"stop_sequence_matched\":\"STOP\""));
        assertThat(heard.getLast()).contains("\"tokens_cached\":9,", "\"stop_sequence_matched\":\"STOP\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"job_id\":\"other\",\"model\":\"m\",\"started_at\":\"" + TIME + "\",\"seed\":3",
        "\"model\":\"m\",\"started_at\":\"" + TIME + "\",\"seed\":3",
        "\"job_id\":\"t\",\"model\":\"m\\u001b[31m\",\"started_at\":\"" + TIME + "\",\"seed\":3",
        "\"job_id\":\"t\",\"model\":\"m\",\"started_at\":\"" + TIME + "\"", "\"job_id\":\"t\",\"model\":\"m\",\"seed\":3",
        "\"job_id\":\"t\",\"model\":\"m\",\"started_at\":\"+999999-01-01T00:00:00Z\",\"seed\":3"})
    void refusesAStartOfSomethingElse(String fields) {
        feed(frame("started", fields));
        assertThat(heard).singleElement().asString().startsWith(ErrorCode.WORKER_UNAVAILABLE.name());
    }

    // --- bounds ---

    @Test
    void refusesALineWithoutEnd() {
        boolean goesOn = true;
        int fed = 0;
        while (goesOn) {
            goesOn = stream.feed(new byte[1024]);
            fed++;
        }
        assertThat(fed).isEqualTo(65);
        assertBroken("a line of more than 65536 bytes");
    }

    @Test
    void refusesAFrameWithoutEnd() {
        byte[] comment = (": " + "x".repeat(1021) + "\n").getBytes(StandardCharsets.UTF_8);
        boolean goesOn = true;
        while (goesOn) {
            goesOn = stream.feed(comment);
        }
        assertBroken("a frame of more than 131072 bytes");
    }

    @Test
    void refusesDataInSeveralLines() {
        feed(STARTED + "event: token\ndata: {\"type\":\"token\",\"t\":\"a\",\ndata: \"i\":0,\"id\":1}\n\n");
        assertBroken("data in more than one line");
    }

    @Test
    void refusesCommentsAndMeasurementsWithoutEnd() {
        for (String chatter : List.of("\n", ": still here\n\n", METRICS, "event: weather\ndata: {\"rain\":true}\n\n")) {
            RecordingListener alone = new RecordingListener();
            AttemptStream talking = stream(0, 4, null, alone);
            talking.feed(STARTED.getBytes(StandardCharsets.UTF_8));
            byte[] bytes = chatter.repeat(100).getBytes(StandardCharsets.UTF_8);
            long fed = 0;
            while (talking.feed(bytes)) {
                fed += bytes.length;
            }
            assertThat(fed).as(chatter).isBetween(200_000L, 300_000L);
            assertThat(alone.heard.getLast()).endsWith("more bytes beside the tokens than any worker sends");
        }
    }

    @Test
    void aWorkerMayTalkForHoursAtItsUsualRate() {
        feed(STARTED);
        byte[] second = (METRICS.repeat(4) + ": working\n\n").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 10_000; i++) {
            nanos.addAndGet(1_000_000_000);
            assertThat(stream.feed(second)).isTrue();
            heard.clear();
        }
    }

    @Test
    void refusesTokensThatAreLargeOnAverage() {
        AttemptStream large = stream(0, 1_000, null);
        large.feed(STARTED.getBytes(StandardCharsets.UTF_8));
        int index = 0;
        while (large.feed(token(index, "x".repeat(8_000)).getBytes(StandardCharsets.UTF_8))) {
            index++;
        }
        assertThat(index).isBetween(50, 150);
        assertBroken("more bytes than the tokens of the answer can have");
    }

    @Test
    void refusesMoreBytesThanAConnectionBrings() {
        AttemptStream fast = stream(0, 1 << 24, null);
        fast.feed(STARTED.getBytes(StandardCharsets.UTF_8));
        int index = 0;
        boolean goesOn = true;
        while (goesOn) {
            ByteArrayOutputStream many = new ByteArrayOutputStream();
            for (int i = 0; i < 100; i++) {
                many.writeBytes(token(index++, "word").getBytes(StandardCharsets.UTF_8));
            }
            goesOn = fast.feed(many.toByteArray());
            heard.clear();
            assertThat(index).isLessThan(1_000_000);
        }
        assertThat(index).isGreaterThan(100_000);
    }

    @Test
    void passesOverEventsOfANewerWorker() {
        feed(STARTED + "event: weather\ndata: {}\n\n" + TOKEN + END);
        assertThat(heard).hasSize(3);
    }

    // --- ends ---

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
        assertThat(heard).containsExactly("started t 3", "INFERENCE_FAILED: it broke");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNAUTHORIZED", "QUEUE_FULL", "POISON_TASK", "STORAGE_UNAVAILABLE", "MODEL_NOT_FOUND"})
    void anErrorThatSaysNothingOfTheTaskIsALostWorker(String code) {
        feed(frame("error", "\"code\":\"" + code + "\",\"message\":\"x\""));
        assertThat(heard).singleElement().asString().startsWith("WORKER_UNAVAILABLE: worker w1 answered " + code);
    }

    @Test
    void aCodeOfANewerWorkerIsAnInternalError() {
        feed(frame("error", "\"code\":\"TOO_WARM\",\"message\":\"" + "y".repeat(5_000) + "\\u001b\""));
        assertThat(heard).singleElement().asString().startsWith("INTERNAL: yy").hasSize("INTERNAL: ".length() + 1_000);
    }

    @Test
    void theEndIsToldOnce() {
        feed(STARTED + TOKEN + END + END);
        feed(TOKEN);
        stream.closed();
        stream.broken(ErrorCode.INTERNAL, "x");
        assertThat(listener.ends()).isEqualTo(1);
    }

    @Test
    void whoLeavesHearsNothingMore() {
        feed(STARTED);
        stream.leave();
        assertThat(feed(TOKEN + END)).as("more is wanted").isFalse();
        stream.closed();
        assertThat(heard).containsExactly("started t 3");
    }

    @Test
    void whatComesAfterTheEndIsReadForALittle() {
        assertThat(feed(STARTED + END)).isTrue();
        assertThat(stream.feed(new byte[4_000])).isTrue();
        assertThat(stream.feed(new byte[4_000])).isFalse();
    }

    /** A listener that throws at its first word. */
    private AttemptStream failing(Throwable fault, RecordingListener hears) {
        return stream(0, 4, null, new AttemptListener() {
            @Override
            public void started(TaskEvent.Started event) {
                if (fault instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) fault;
            }

            @Override
            public void said(TaskEvent event) {
                hears.said(event);
            }

            @Override
            public void ended(AttemptEnd end) {
                hears.ended(end);
                throw new IllegalStateException("and again");
            }
        });
    }

    @Test
    void whateverAListenerThrowsTheEndIsToldOnceAndNothingGetsOut() {
        for (Throwable fault : List.of(new IllegalStateException("x"), new StackOverflowError(), new OutOfMemoryError("x"),
                new RbeesException(ErrorCode.INVALID_REQUEST, "x"))) {
            RecordingListener alone = new RecordingListener();
            AttemptStream failing = failing(fault, alone);
            assertThat(failing.feed((STARTED + TOKEN).getBytes(StandardCharsets.UTF_8))).isFalse();
            failing.closed();
            assertThat(alone.heard).containsExactly(
                    "INTERNAL: the orchestrator could not take in the answer; hand the task in again");
        }
    }

    @Test
    void storageThatIsAwayIsNotTheWorkersFault() {
        RecordingListener alone = new RecordingListener();
        failing(new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "the record is away"), alone)
                .feed(STARTED.getBytes(StandardCharsets.UTF_8));
        assertThat(alone.heard).containsExactly("STORAGE_UNAVAILABLE: the record is away");
    }
}

package dev.rbees.worker.generation;

import java.util.EnumMap;
import java.util.Map;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;

/** What is counted of requests. Names and labels are those that dashboards rely on. */
public final class GenerationMetrics {

    private final Map<Outcome, Counter> requests = new EnumMap<>(Outcome.class);
    private final Counter tokensIn;
    private final Counter tokensOut;
    private final DistributionSummary duration;

    public GenerationMetrics(MeterRegistry registry) {
        for (Outcome outcome : Outcome.values()) {
            requests.put(outcome, Counter.builder("worker.requests").description("Requests that ended, by outcome")
                    .tag("outcome", outcome.label()).register(registry));
        }
        tokensIn = Counter.builder("worker.tokens.in").description("Tokens of prompts").register(registry);
        tokensOut = Counter.builder("worker.tokens.generated").description("Tokens of answers").register(registry);
        duration = DistributionSummary.builder("worker.inference.duration.ms")
                .description("Milliseconds from the first token of an answer to the last")
                .serviceLevelObjectives(10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000).register(registry);
    }

    /** Counts the tokens of a request's texts. */
    public void promptTokens(int count) {
        tokensIn.increment(count);
    }

    void ended(Outcome outcome, Answer answer) {
        ended(outcome, answer.tokensOut(), answer.decodeMillis());
    }

    /**
     * Counts a request that ended.
     *
     * @param generated tokens of its answer
     * @param millis that it took to make the answer
     */
    public void ended(Outcome outcome, int generated, long millis) {
        Counter counter = requests.get(outcome);
        if (counter != null) {
            counter.increment();
        }
        tokensOut.increment(generated);
        duration.record((double) millis);
    }
}

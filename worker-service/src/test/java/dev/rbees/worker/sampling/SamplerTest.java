package dev.rbees.worker.sampling;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.ResponseFormat;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.SamplingParameters.Penalties;
import dev.rbees.api.task.SamplingParameters.Truncation;
import dev.rbees.api.task.Seed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class SamplerTest {

    private static final int VOCABULARY = 1000;

    private double temperature = 1;
    private double topP = 1;
    private int topK;
    private double minP;
    private double penalty = 1;
    private double typicalP = 1;
    private double presence;
    private double frequency;
    private Map<Integer, Float> biases = Map.of();

    private Sampler sampler(long seed) {
        return new Sampler(
                new SamplingParameters(10, temperature, new Truncation(topK, typicalP, topP, minP),
                        new Penalties(penalty, presence, frequency), biases, List.of(), new Seed(seed), false, null,
                        new ResponseFormat.Text()),
                VOCABULARY);
    }

    private static float[] logits(long seed) {
        Random random = new Random(seed);
        float[] logits = new float[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            logits[i] = (float) random.nextGaussian() * 3;
        }
        return logits;
    }

    /** The ids by falling score. */
    private static int[] ranking(float[] logits) {
        return IntStream.range(0, logits.length).boxed().sorted((a, b) -> Float.compare(logits[b], logits[a]))
                .mapToInt(Integer::intValue).toArray();
    }

    private Set<Integer> drawn(float[] logits, int draws) {
        Set<Integer> ids = new HashSet<>();
        for (int i = 0; i < draws; i++) {
            ids.add(sampler(i).next(logits.clone(), i));
        }
        return ids;
    }

    @Test
    void takesTheMostLikelyTokenAtTemperatureZero() {
        temperature = 0;
        for (int i = 0; i < 50; i++) {
            assertThat(sampler(i).next(logits(i), i)).isEqualTo(ranking(logits(i))[0]);
        }
    }

    @Test
    void takesTheLowerIdOfEquals() {
        temperature = 0;
        assertThat(sampler(1).next(new float[VOCABULARY], 0)).isZero();
        temperature = 1;
        topK = 1;
        assertThat(sampler(1).next(new float[VOCABULARY], 0)).isZero();
    }

    @Test
    void dependsOnlyOnLogitsSeedAndIndex() {
        for (int index = 0; index < 20; index++) {
            Sampler fresh = sampler(5);
            Sampler used = sampler(5);
            used.next(logits(99), 77);
            assertThat(used.next(logits(1), index)).isEqualTo(fresh.next(logits(1), index));
        }
        assertThat(IntStream.range(0, 30).map(i -> sampler(5).next(logits(1), i)).distinct().count()).isGreaterThan(5);
        assertThat(IntStream.range(0, 30).map(i -> sampler(i).next(logits(1), 0)).distinct().count()).isGreaterThan(5);
    }

    @Test
    void drawsEachTokenAsOftenAsItsProbabilitySays() {
        float[] logits = new float[VOCABULARY];
        Arrays.fill(logits, Float.NEGATIVE_INFINITY);
        double[] wanted = {0.5, 0.3, 0.15, 0.05};
        for (int i = 0; i < wanted.length; i++) {
            logits[100 * i + 7] = (float) Math.log(wanted[i]);
        }
        for (int k : new int[] {0, 4}) {
            topK = k;
            int[] counts = new int[VOCABULARY];
            for (int i = 0; i < 20_000; i++) {
                counts[sampler(3).next(logits.clone(), i)]++;
            }
            for (int i = 0; i < wanted.length; i++) {
                assertThat(counts[100 * i + 7] / 20_000.0).isCloseTo(wanted[i], within(0.015));
            }
        }
    }

    @Test
    void topKKeepsTheKMostLikely() {
        topK = 5;
        temperature = 2;
        int[] best = Arrays.copyOf(ranking(logits(4)), 5);
        assertThat(drawn(logits(4), 2000)).containsExactlyInAnyOrderElementsOf(Arrays.stream(best).boxed().toList());
    }

    @Test
    void topPKeepsTheFewestThatReachIt() {
        for (int k : new int[] {0, 900}) {
            topK = k;
            topP = 0.6;
            float[] logits = logits(8);
            int[] ranking = ranking(logits);
            double total = IntStream.range(0, VOCABULARY).mapToDouble(i -> Math.exp(logits[i])).sum();
            Set<Integer> expected = new HashSet<>();
            double sum = 0;
            for (int i = 0; sum < 0.6 * (1 - 1e-9); i++) {
                expected.add(ranking[i]);
                sum += Math.exp(logits[ranking[i]]) / total;
            }
            assertThat(drawn(logits, 5000)).isSubsetOf(expected);
            assertThat(drawn(logits, 5000).size()).isGreaterThan(expected.size() / 2);
        }
    }

    @Test
    void topPOfZeroIsGreedy() {
        topP = 0;
        assertThat(drawn(logits(2), 100)).containsExactly(ranking(logits(2))[0]);
    }

    @Test
    void minPKeepsWhatIsNotFarLessLikelyThanTheBest() {
        minP = 0.3;
        float[] logits = logits(6);
        float best = logits[ranking(logits)[0]];
        List<Integer> expected = IntStream.range(0, VOCABULARY).filter(i -> Math.exp(logits[i] - best) >= 0.3).boxed()
                .toList();
        assertThat(drawn(logits, 5000)).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void aLowTemperatureComesCloseToGreedy() {
        temperature = 0.01;
        assertThat(drawn(logits(9), 200)).containsExactly(ranking(logits(9))[0]);
    }

    @Test
    void thePenaltyMakesSeenTokensLessLikely() {
        temperature = 0;
        penalty = 1.9;
        float[] logits = new float[VOCABULARY];
        logits[3] = 2;
        logits[4] = 1.5f;
        Sampler sampler = sampler(1);
        assertThat(sampler.next(logits.clone(), 0)).isEqualTo(3);
        sampler.see(3);
        assertThat(sampler.next(logits.clone(), 1)).as("3 was chosen before").isEqualTo(4);
        Sampler withPrompt = sampler(1);
        withPrompt.seePrompt(new int[] {3});
        assertThat(withPrompt.next(logits.clone(), 0)).as("3 is in the prompt").isEqualTo(4);
        float[] negative = new float[VOCABULARY];
        Arrays.fill(negative, -9);
        negative[3] = -1;
        negative[4] = -1.5f;
        Sampler below = sampler(1);
        below.seePrompt(new int[] {3});
        assertThat(below.next(negative, 0)).as("negative scores move away from zero").isEqualTo(4);
    }

    @Test
    void presenceCountsOnceAndFrequencyEveryTimeAndNeitherThePrompt() {
        temperature = 0;
        float[] logits = new float[VOCABULARY];
        logits[3] = 2;
        logits[4] = 1;
        presence = 1.5;
        Sampler once = sampler(1);
        once.seePrompt(new int[] {3});
        assertThat(once.next(logits.clone(), 0)).as("the prompt does not count").isEqualTo(3);
        once.see(3);
        assertThat(once.next(logits.clone(), 1)).isEqualTo(4);
        presence = 0;
        frequency = 0.4;
        Sampler often = sampler(1);
        for (int i = 0; i < 3; i++) {
            assertThat(often.next(logits.clone(), i)).isEqualTo(3);
            often.see(3);
        }
        assertThat(often.next(logits.clone(), 3)).as("2 − 3 · 0.4 < 1").isEqualTo(4);
    }

    @Test
    void theBiasForcesOrForbidsTokens() {
        for (double t : new double[] {0, 1}) {
            temperature = t;
            biases = Map.of(77, 100f, 5_000, 100f);
            assertThat(drawn(logits(3), 50)).containsExactly(77);
            int best = ranking(logits(3))[0];
            biases = Map.of(best, -100f);
            assertThat(drawn(logits(3), 500)).doesNotContain(best);
        }
    }

    @Test
    void typicalPKeepsTheTokensWhoseSurpriseIsNearestToTheExpected() {
        for (int k : new int[] {0, 900}) {
            topK = k;
            typicalP = 0.3;
            float[] logits = logits(12);
            int[] ranking = ranking(logits);
            int size = k == 0 ? VOCABULARY : k;
            double total = IntStream.range(0, size).mapToDouble(i -> Math.exp(logits[ranking[i]])).sum();
            double[] p = IntStream.range(0, size).mapToDouble(i -> Math.exp(logits[ranking[i]]) / total).toArray();
            double expected = Arrays.stream(p).map(x -> -x * Math.log(x)).sum();
            List<Integer> nearest = IntStream.range(0, size).boxed()
                    .sorted(Comparator.comparingDouble(i -> Math.abs(-Math.log(p[i]) - expected))).toList();
            Set<Integer> kept = new HashSet<>();
            double sum = 0;
            for (int i = 0; sum < 0.3; i++) {
                kept.add(ranking[nearest.get(i)]);
                sum += p[nearest.get(i)];
            }
            assertThat(kept).doesNotContain(ranking[0]);
            assertThat(drawn(logits, 5000)).isSubsetOf(kept);
            assertThat(drawn(logits, 5000).size()).isGreaterThan(kept.size() / 2);
        }
    }

    @Test
    void likelihoodsAreThoseOfTheModel() {
        float[] logits = logits(4);
        int[] ranking = ranking(logits);
        double total = IntStream.range(0, VOCABULARY).mapToDouble(i -> Math.exp(logits[i])).sum();
        Likelihoods likelihoods = new Likelihoods(VOCABULARY);
        likelihoods.of(logits(5), 20);
        likelihoods.of(logits, 3);
        assertThat(likelihoods.size()).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            assertThat(likelihoods.id(i)).isEqualTo(ranking[i]);
        }
        assertThat(likelihoods.logprob(123)).isCloseTo(Math.log(Math.exp(logits[123]) / total), within(1e-5));
    }

    @Test
    void refusesScoresThatAreNotFinite() {
        float[] broken = new float[VOCABULARY];
        Arrays.fill(broken, Float.NaN);
        for (int k : new int[] {0, 40}) {
            topK = k;
            assertThatThrownBy(() -> sampler(1).next(broken.clone(), 0)).isInstanceOf(RbeesException.class)
                    .hasMessageContaining("not finite");
        }
    }

    @Test
    void numbersOfTheGeneratorAreEvenlySpread() {
        int[] buckets = new int[10];
        for (int index = 0; index < 10_000; index++) {
            double number = CounterRandom.number(42, index);
            assertThat(number).isBetween(0.0, Math.nextDown(1.0));
            buckets[(int) (number * 10)]++;
        }
        assertThat(IntStream.of(buckets)).allMatch(count -> count > 850 && count < 1150);
        assertThat(CounterRandom.number(1, 5)).isEqualTo(CounterRandom.number(1, 5))
                .isNotEqualTo(CounterRandom.number(2, 5));
    }

    @Test
    void aLikelihoodIsANumberWhateverTheScoresAre() {
        float infinite = Float.POSITIVE_INFINITY;
        for (float[] scores : new float[][] {{infinite, 0, infinite, -infinite},
            {-infinite, -infinite, -infinite, -infinite},
            {1, -infinite, 0, Float.NaN}, {Float.NaN, Float.NaN, Float.NaN, Float.NaN}, {Float.MAX_VALUE, 0, 0, 0}}) {
            Likelihoods likelihoods = new Likelihoods(scores.length);
            likelihoods.of(scores, 2);
            for (int id = 0; id < scores.length; id++) {
                assertThat(likelihoods.logprob(id)).as("%d of %s", id, Arrays.toString(scores)).isFinite()
                        .isLessThanOrEqualTo(0);
            }
        }
        Likelihoods likelihoods = new Likelihoods(4);
        likelihoods.of(new float[] {infinite, 0, infinite, -infinite}, 2);
        assertThat(likelihoods.logprob(0)).isEqualTo(Math.log(0.5));
        assertThat(likelihoods.logprob(1)).isEqualTo(Likelihoods.LEAST);
    }
}

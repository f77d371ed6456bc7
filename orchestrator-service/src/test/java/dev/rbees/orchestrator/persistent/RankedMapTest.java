package dev.rbees.orchestrator.persistent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A sorted map that never changes, beside one of Java's that does. */
class RankedMapTest {

    @Test
    void doesWhatATreeMapDoesAndKnowsRanks() {
        SplittableRandom random = new SplittableRandom(5);
        TreeMap<Integer, String> expected = new TreeMap<>();
        RankedMap<Integer, String> map = RankedMap.empty();
        for (int step = 0; step < 20_000; step++) {
            int key = random.nextInt(500);
            if (random.nextInt(5) < 3) {
                expected.put(key, "v" + step);
                map = map.with(key, "v" + step);
            } else {
                expected.remove(key);
                map = map.without(key);
            }
            int probe = random.nextInt(500);
            assertThat(map.size()).isEqualTo(expected.size());
            assertThat(map.rank(probe)).isEqualTo(expected.headMap(probe).size());
            assertThat(map.get(probe).orElse(null)).isEqualTo(expected.get(probe));
            assertThat(map.ceiling(probe).map(RankedMap.Entry::key).orElse(null)).isEqualTo(expected.ceilingKey(probe));
            assertThat(map.first().map(RankedMap.Entry::key).orElse(null))
                    .isEqualTo(expected.isEmpty() ? null : expected.firstKey());
        }
        List<String> values = new ArrayList<>();
        map.forEach(values::add);
        assertThat(values).isEqualTo(List.copyOf(expected.values()));
        assertThat(map.firstOnes(3)).extracting(RankedMap.Entry::key)
                .isEqualTo(expected.keySet().stream().limit(3).toList());
    }

    @Test
    void anOlderMapStaysAsItWas() {
        RankedMap<Integer, String> before = RankedMap.<Integer, String>empty().with(1, "a").with(2, "b");
        RankedMap<Integer, String> after = before.without(1).with(2, "c");
        assertThat(Map.of(1, before.get(1).orElseThrow(), 2, before.get(2).orElseThrow())).isEqualTo(Map.of(1, "a", 2, "b"));
        assertThat(after.get(1)).isEmpty();
        assertThat(after.without(7)).isSameAs(after);
    }
}

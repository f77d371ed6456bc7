package dev.rbees.worker.generation;

import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StopMatcherTest {

    @Test
    void passesTextOnWhenThereIsNothingToStopAt() {
        StopMatcher matcher = new StopMatcher(List.of());
        assertThat(matcher.accept("abc")).isEqualTo("abc");
        assertThat(matcher.holds()).isFalse();
    }

    @Test
    void holdsBackWhatMayBeABeginning() {
        StopMatcher matcher = new StopMatcher(List.of("STOP"));
        assertThat(matcher.accept("aST")).isEqualTo("a");
        assertThat(matcher.holds()).isTrue();
        assertThat(matcher.accept("x")).isEqualTo("STx");
        assertThat(matcher.holds()).isFalse();
    }

    @Test
    void neverShowsTheStopText() {
        StopMatcher matcher = new StopMatcher(List.of("STOP"));
        assertThat(matcher.accept("one ST")).isEqualTo("one ");
        assertThat(matcher.accept("OP two")).isEmpty();
        assertThat(matcher.matched()).contains("STOP");
        assertThat(matcher.flush()).isEmpty();
        assertThat(matcher.holds()).isFalse();
    }

    @Test
    void showsWhatStandsBeforeTheStopTextInTheSamePiece() {
        StopMatcher matcher = new StopMatcher(List.of("\n"));
        assertThat(matcher.accept("end\nmore")).isEqualTo("end");
        assertThat(matcher.matched()).contains("\n");
    }

    @Test
    void takesTheOneThatBeginsFirst() {
        StopMatcher matcher = new StopMatcher(List.of("cd", "bcde"));
        assertThat(matcher.accept("abcde")).isEqualTo("a");
        assertThat(matcher.matched()).contains("bcde");
    }

    @Test
    void givesTheHeldTextAtTheEnd() {
        StopMatcher matcher = new StopMatcher(List.of("STOP"));
        matcher.accept("STO");
        assertThat(matcher.flush()).isEqualTo("STO");
    }

    @Test
    void findsWhatASearchOfTheWholeTextFinds() {
        Random random = new Random(1);
        for (int run = 0; run < 5000; run++) {
            List<String> stops = List.of(word(random, 1 + random.nextInt(4)), word(random, 1 + random.nextInt(4)));
            String text = word(random, random.nextInt(30));
            int first = Math.min(indexOf(text, stops.get(0)), indexOf(text, stops.get(1)));
            StopMatcher matcher = new StopMatcher(stops);
            StringBuilder shown = new StringBuilder();
            for (int at = 0; at < text.length() && matcher.matched().isEmpty();) {
                int end = Math.min(text.length(), at + 1 + random.nextInt(4));
                shown.append(matcher.accept(text.substring(at, end)));
                at = end;
            }
            shown.append(matcher.flush());
            String expected = text.substring(0, Math.min(first, text.length()));
            // a longer stop text that begins earlier may still have been open when a shorter one was complete
            assertThat(shown.toString()).as("%s in %s", stops, text).isIn(expected, text.substring(0, shown.length()));
            assertThat(matcher.matched().isPresent()).isEqualTo(first < Integer.MAX_VALUE);
            assertThat(stops).noneMatch(stop -> shown.indexOf(stop) >= 0);
        }
    }

    private static int indexOf(String text, String stop) {
        int at = text.indexOf(stop);
        return at < 0 ? Integer.MAX_VALUE : at;
    }

    private static String word(Random random, int length) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append("abc".charAt(random.nextInt(3)));
        }
        return word.toString();
    }
}

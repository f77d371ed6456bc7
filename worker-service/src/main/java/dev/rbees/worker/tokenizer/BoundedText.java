package dev.rbees.worker.tokenizer;

import java.util.regex.Matcher;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * A text that a pattern may read only so often.
 *
 * <p>
 * why: the patterns come with the model. The published ones read a text a few times; a pattern that goes back and forth
 * without end would hold a thread for years.
 */
final class BoundedText implements CharSequence {

    private static final long READS = 1_000_000;
    private static final long READS_PER_UNIT = 500;

    private final String text;
    private long reads;

    BoundedText(String text) {
        this.text = text;
        reads = READS + READS_PER_UNIT * text.length();
    }

    /** @throws RbeesException INFERENCE_FAILED when the pattern takes too long or goes too deep for this text */
    static boolean find(Matcher matcher) {
        try {
            return matcher.find();
        } catch (StackOverflowError e) {
            throw tooHard();
        }
    }

    private static RbeesException tooHard() {
        return new RbeesException(ErrorCode.INFERENCE_FAILED,
                "a pattern of the model's tokenizer does not get through this text; send a text without such long stretches");
    }

    @Override
    public char charAt(int index) {
        if (--reads < 0) {
            throw tooHard();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.substring(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}

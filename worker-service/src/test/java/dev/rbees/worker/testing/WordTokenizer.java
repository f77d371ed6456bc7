package dev.rbees.worker.testing;

import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.rbees.worker.tokenizer.Tokenizer;

/** Gives each word between blanks an id, between the tokens 1 and 2. */
public final class WordTokenizer implements Tokenizer {

    public static final int FIRST = 1;
    public static final int LAST = 2;

    @Override
    public int[] encode(String text, boolean parseSpecial) {
        IntStream words = Stream.of(text.split(" ", -1)).filter(word -> !word.isEmpty())
                .mapToInt(word -> 3 + Math.floorMod(word.hashCode(), TinyBert.VOCABULARY - 3));
        return IntStream.concat(IntStream.concat(IntStream.of(FIRST), words), IntStream.of(LAST)).toArray();
    }

    @Override
    public byte[] bytes(int id) {
        return id <= LAST ? new byte[0] : new byte[] {'w'};
    }

    @Override
    public int vocabularySize() {
        return TinyBert.VOCABULARY;
    }

    @Override
    public boolean addsBos() {
        return true;
    }

    @Override
    public String kind() {
        return "words";
    }
}

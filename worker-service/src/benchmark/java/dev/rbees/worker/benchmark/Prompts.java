package dev.rbees.worker.benchmark;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.onnx.Decoder;

/** Feeds prompts as the worker does. */
final class Prompts {

    private Prompts() {}

    /** @param logits gets those after the last token, if it is there */
    static void feed(Decoder decoder, int slot, int[] prompt, float @Nullable [] logits) {
        feed(decoder, slot, prompt, logits, decoder.longestPiece());
    }

    /** @param longest piece, shorter than the worker's */
    static void feed(Decoder decoder, int slot, int[] prompt, float @Nullable [] logits, int longest) {
        for (int fed = 0; fed < prompt.length;) {
            int left = prompt.length - fed;
            int count = Math.min(longest, decoder.nextPiece(left));
            decoder.prefill(slot, fed, Arrays.copyOfRange(prompt, fed, fed + count), count == left ? logits : null);
            fed += count;
        }
    }
}

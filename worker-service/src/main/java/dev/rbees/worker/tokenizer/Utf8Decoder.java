package dev.rbees.worker.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Turns the bytes of a stream of tokens into text, character by character: an unfinished character waits for its rest, and
 * bytes that can never become one are dropped. Never makes a replacement character.
 */
public final class Utf8Decoder {

    private final ByteArrayOutputStream complete = new ByteArrayOutputStream();
    private final byte[] open = new byte[4];
    private int openLength;
    private int openNeeds;

    /** The text that is complete with these bytes; empty when none is. */
    public String accept(byte[] bytes) {
        for (byte b : bytes) {
            accept(b);
        }
        String text = complete.toString(StandardCharsets.UTF_8);
        complete.reset();
        return text;
    }

    private void accept(byte b) {
        if (openLength > 0) {
            if (continues(b)) {
                open[openLength++] = b;
                if (openLength == openNeeds) {
                    complete.write(open, 0, openLength);
                    openLength = 0;
                }
                return;
            }
            openLength = 0; // what was open never becomes a character
        }
        int needs = length(b);
        if (needs == 1) {
            complete.write(b);
        } else if (needs > 1) {
            open[0] = b;
            openLength = 1;
            openNeeds = needs;
        }
    }

    /** Bytes of the character that begins so; 0 when none does. */
    private static int length(byte first) {
        int b = first & 0xFF;
        if (b < 0x80) {
            return 1;
        }
        if (b >= 0xC2 && b <= 0xDF) {
            return 2;
        }
        if (b >= 0xE0 && b <= 0xEF) {
            return 3;
        }
        return b >= 0xF0 && b <= 0xF4 ? 4 : 0;
    }

    /** Whether the byte goes on with the open character; overlong forms, surrogates and numbers beyond Unicode do not. */
    private boolean continues(byte next) {
        int b = next & 0xFF;
        if (openLength > 1) {
            return b >= 0x80 && b <= 0xBF;
        }
        return switch (open[0] & 0xFF) {
            case 0xE0 -> b >= 0xA0 && b <= 0xBF;
            case 0xED -> b >= 0x80 && b <= 0x9F;
            case 0xF0 -> b >= 0x90 && b <= 0xBF;
            case 0xF4 -> b >= 0x80 && b <= 0x8F;
            default -> b >= 0x80 && b <= 0xBF;
        };
    }
}

package dev.rbees.remote;

import java.nio.charset.StandardCharsets;

import dev.rbees.api.error.RbeesException;

/**
 * What sshd hands to the login shell of the other machine, whichever shell that is. The line holds one fixed word and words of
 * letters, digits and backslashes before digits, all in single quotes; sh, dash, bash, zsh, fish, csh and tcsh pass such words
 * on as they are, so that none of them reads a script or an argument. Only the sh that it starts does.
 */
final class LoginShell {

    /** why: Linux takes no single argument of 128 KiB or more, and the login shell gets the line as one. */
    static final int LONGEST_LINE = 120_000;

    /** why: the csh of BSD takes no word of 1024 characters or more. */
    private static final int LONGEST_WORD = 1000;

    /** The sh puts the words together and the bytes behind them, and runs those. */
    private static final String DECODER = "exec sh -c 'eval \"$(printf \"$(printf %s \"$@\")\")\"' sh";

    private LoginShell() {}

    /**
     * The line that has a POSIX sh run a script. The script's standard input is the channel's.
     *
     * @throws RbeesException INVALID_REQUEST when it would be longer than a command line may be
     */
    static String line(String script) {
        String line = DECODER + words(script);
        if (line.length() > LONGEST_LINE) {
            throw RbeesException.invalid("arguments", "max-length", "the arguments are too long for a remote command line ("
                    + line.length() + " characters once they are encoded, at most " + LONGEST_LINE + ")");
        }
        return line;
    }

    /**
     * The UTF-8 bytes of a text for printf: letters and digits as they are, all others as a backslash and three digits. A word
     * never ends within such a four, because fish reads a backslash before the closing quote.
     */
    private static String words(String text) {
        StringBuilder words = new StringBuilder(text.length() * 2);
        int room = 0;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            String escaped = octal(Byte.toUnsignedInt(b));
            if (escaped.length() > room) {
                words.append(words.isEmpty() ? " '" : "' '");
                room = LONGEST_WORD;
            }
            words.append(escaped);
            room -= escaped.length();
        }
        return words.append(words.isEmpty() ? "" : "'").toString();
    }

    private static String octal(int code) {
        boolean isPlain = (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z');
        return isPlain ? "" + (char) code : "\\" + (code >> 6) + ((code >> 3) & 7) + (code & 7);
    }
}

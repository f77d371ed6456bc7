package dev.rbees.remote;

import java.nio.charset.StandardCharsets;

import dev.rbees.api.error.RbeesException;

/**
 * What sshd hands to the login shell of the other machine, whichever shell that is. The line holds one word in single quotes,
 * of letters, digits, backslashes before digits, and the few characters around them; sh, dash, bash, zsh, fish, csh and tcsh
 * all pass it on as it is, so that none of them reads a script or an argument. Only the sh that it starts does.
 */
final class LoginShell {

    /** why: Linux takes no single argument of 128 KiB or more, and the login shell gets the line as one. */
    static final int LONGEST_LINE = 120_000;

    private LoginShell() {}

    /**
     * The line that has a POSIX sh run a script. The script's standard input is the channel's.
     *
     * @throws RbeesException INVALID_REQUEST when it would be longer than a command line may be
     */
    static String line(String script) {
        String line = "exec sh -c 'eval \"$(printf \"" + octal(script) + "\")\"'";
        if (line.length() > LONGEST_LINE) {
            throw RbeesException.invalid("arguments", "max-length", "the arguments are too long for a remote command line ("
                    + line.length() + " characters once they are encoded, at most " + LONGEST_LINE + ")");
        }
        return line;
    }

    /** The UTF-8 bytes of a text for printf: letters and digits as they are, all others as a backslash and three digits. */
    private static String octal(String text) {
        StringBuilder escaped = new StringBuilder(text.length() * 2);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            int code = Byte.toUnsignedInt(b);
            if (code >= '0' && code <= '9' || code >= 'A' && code <= 'Z' || code >= 'a' && code <= 'z') {
                escaped.append((char) code);
            } else {
                escaped.append('\\').append((char) ('0' + (code >> 6))).append((char) ('0' + (code >> 3 & 7)))
                        .append((char) ('0' + (code & 7)));
            }
        }
        return escaped.toString();
    }
}

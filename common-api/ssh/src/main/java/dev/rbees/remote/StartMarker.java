package dev.rbees.remote;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * A word that our own script prints on both of its outputs right before it becomes the program. What comes earlier was said
 * by the start-up files of the login shell, and a channel without the word never got to the program.
 *
 * <p>The word is drawn at random for each command, and the script puts it together from two halves: neither an earlier
 * command nor a shell that shows what it is going to run can print it by accident.
 */
record StartMarker(String half, String otherHalf) {

    private static final SecureRandom RANDOM = new SecureRandom();

    /** The end of the marker's line when the program is started next, and when there is none. */
    static final String STARTS = "starts";
    static final String ABSENT = "absent";

    static StartMarker random() {
        return new StartMarker(word(), word());
    }

    private static String word() {
        byte[] bytes = new byte[8];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** The line as it comes, without its end. */
    String line(String what) {
        return half + otherHalf + " " + what;
    }

    /** Shell code that defines {@code rbees_say WHAT}, which prints the line on both outputs. */
    String definition() {
        String print = "printf \"%s%s %s\\n\" " + half + " " + otherHalf + " \"$1\"";
        return "rbees_say() { " + print + "; " + print + " >&2; }";
    }
}

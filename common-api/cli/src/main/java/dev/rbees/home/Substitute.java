package dev.rbees.home;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** What lies in the place of a file that was not fetched as it should have been. */
public enum Substitute {
    /** Source of the form: the specification of Git LFS. */
    POINTER("version https://[^\\s/]+/spec/v\\d+\\n(?:ext-.*\\n)*oid sha256:",
            "is a pointer of Git's large-file storage, not"
                    + " the file itself, which was not fetched; fetch it (git lfs pull) or download it"),
    WEB_PAGE("\\uFEFF?\\s*(?i)<(?:!doctype\\s+)?html\\b",
            "is a web page, not the file itself; download it from the address of"
                    + " the file, not of the page that shows it");

    private static final int BEGINNING = 512;

    private final Pattern beginning;
    private final String sentence;

    Substitute(String beginning, String sentence) {
        this.beginning = Pattern.compile(beginning);
        this.sentence = sentence;
    }

    /** What a file is that begins like one of these. Its position stays where it is. */
    public static Optional<Substitute> of(FileChannel file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BEGINNING);
        int read = Math.max(0, file.read(bytes, 0));
        String text = new String(bytes.array(), 0, read, StandardCharsets.UTF_8);
        return Arrays.stream(values()).filter(kind -> kind.beginning.matcher(text).lookingAt()).findFirst();
    }

    /** What to say of it behind the file's name. */
    public String sentence() {
        return sentence;
    }
}

package dev.rbees.home;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.function.LongConsumer;

/** SHA-256, in lower-case hex where it is a text. */
public final class Sha256 {

    private static final int BUFFER = 256 * 1024;

    private Sha256() {}

    /** A digest of nothing yet. */
    public static MessageDigest start() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Ends a digest. */
    public static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    public static String of(byte[] bytes) {
        return HexFormat.of().formatHex(start().digest(bytes));
    }

    /**
     * The digest of a model's files together: that of the only one; of several, that of the lines {@code <digest>  <name>}.
     *
     * @param digests of the files, by their names; at least one
     */
    public static String ofFiles(SortedMap<String, String> digests) {
        if (digests.size() == 1) {
            return digests.firstEntry().getValue();
        }
        StringBuilder lines = new StringBuilder();
        digests.forEach((name, digest) -> lines.append(digest).append("  ").append(name).append('\n'));
        return of(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Reads the whole file. */
    public static String of(Path file) throws IOException {
        return of(file, _ -> {
        });
    }

    /**
     * Reads the whole file.
     *
     * @param progress hears again and again how many bytes have been read
     */
    public static String of(Path file, LongConsumer progress) throws IOException {
        MessageDigest digest = start();
        byte[] buffer = new byte[BUFFER];
        long done = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
                done += count;
                progress.accept(done);
            }
        }
        return hex(digest);
    }
}

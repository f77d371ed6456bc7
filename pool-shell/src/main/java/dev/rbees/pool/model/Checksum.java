package dev.rbees.pool.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;

import dev.rbees.api.model.ModelFile;
import dev.rbees.home.Sha256;

/**
 * By what the bytes of a file are recognised.
 *
 * @param kind how it is computed
 * @param hex what it must be, in lower case; empty for {@link Kind#NONE}
 */
record Checksum(Kind kind, String hex) {

    static final Checksum NONE = new Checksum(Kind.NONE, "");
    private static final int BUFFER = 256 * 1024;

    /** Ways to compute it, with the name that people know. */
    enum Kind {
        SHA256("SHA-256"),
        SHA1("SHA-1"),
        /** The name that git gives a file: SHA-1 over a head with the length, and the bytes. */
        GIT_BLOB("git blob id"),
        /** Nothing is known of the file. */
        NONE("digest");

        final String title;

        Kind(String title) {
            this.title = title;
        }
    }

    static Checksum sha256(String hex) {
        return new Checksum(Kind.SHA256, hex);
    }

    /** The best that is known of a model's file. */
    static Checksum of(ModelFile file) {
        if (file.sha256() != null) {
            return sha256(file.sha256());
        }
        return file.gitBlob() == null ? NONE : new Checksum(Kind.GIT_BLOB, file.gitBlob());
    }

    /** Reads the whole file. */
    boolean matches(Path file) throws IOException {
        return matches(file, _ -> {
        });
    }

    /**
     * Reads the whole file.
     *
     * @param progress hears again and again how many bytes of a large one have been read
     */
    boolean matches(Path file, LongConsumer progress) throws IOException {
        return switch (kind) {
            case NONE -> true;
            case SHA256 -> Sha256.of(file, progress).equals(hex);
            case SHA1 -> sha1(file, "").equals(hex);
            case GIT_BLOB -> sha1(file, "blob " + Files.size(file) + "\0").equals(hex);
        };
    }

    private static String sha1(Path file, String head) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            // why: git and Maven name files so; that a file is the one that its source describes needs no more
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            digest.update(head.getBytes(StandardCharsets.US_ASCII));
            byte[] buffer = new byte[BUFFER];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }
}

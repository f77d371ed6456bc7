package dev.rbees.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Base64;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.io.resource.PathResource;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/** A file with a private key. What is read from it stays in memory as long as the connections that it opens. */
sealed interface KeyFile {

    /** One that can be used as it is. */
    record Open(Path path, KeyPair pair) implements KeyFile {}

    /** One that needs its passphrase; its public half is known when the file or its {@code .pub} says it. */
    record Locked(Path path, Optional<PublicKey> publicKey) implements KeyFile {}

    /** A public key whose private half only the agent may have. */
    record PublicHalf(Path path, PublicKey key) implements KeyFile {}

    /** One that cannot be used. */
    record Unusable(Path path, String why) implements KeyFile {}

    Set<PosixFilePermission> OTHERS = Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);
    Pattern OPENSSH = Pattern.compile("-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END");
    String MAGIC = "openssh-key-v1\0";
    long LARGEST = 64 * 1024;

    Path path();

    /** Looks into a file; empty when it is not there. */
    static Optional<KeyFile> read(Path path) {
        try {
            Optional<PublicKey> publicHalf = publicHalf(Files.exists(path) ? path : beside(path));
            if (publicHalf.isPresent() || !Files.exists(path)) {
                return publicHalf.map(key -> new PublicHalf(path, key));
            }
            if (!Files.isReadable(path) || !Files.isRegularFile(path) || Files.size(path) > LARGEST) {
                return Optional.of(new Unusable(path, "is no key file that we may read"));
            }
            if (Files.getPosixFilePermissions(path).stream()
                    .anyMatch(OTHERS::contains)) {
                return Optional.of(new Unusable(path, "can be read by others; run: chmod 600 " + ShellQuote.quote(path
                        .toString())));
            }
            return Optional.of(load(path, null).<KeyFile>map(pair -> new Open(path, pair))
                    .orElseGet(() -> new Locked(path, publicKey(path))));
        } catch (IOException | GeneralSecurityException | RuntimeException _) {
            return Optional.of(new Unusable(path, "holds no key of a kind that we know"));
        }
    }

    /**
     * The key behind a passphrase.
     *
     * @return empty when the passphrase is wrong
     */
    static Optional<KeyPair> unlock(Path path, char[] passphrase) {
        try {
            // why: the library takes a String and nothing else; ours is gone as soon as it has been used
            return load(path, new String(passphrase));
        } catch (IOException | GeneralSecurityException | RuntimeException _) {
            return Optional.empty();
        }
    }

    /** @return empty when a passphrase is needed and none was given */
    private static Optional<KeyPair> load(Path path, @Nullable String passphrase) throws IOException,
            GeneralSecurityException {
        boolean[] isAsked = new boolean[1];
        FilePasswordProvider provider = (_, _, _) -> {
            isAsked[0] = true;
            return passphrase;
        };
        try (InputStream in = Files.newInputStream(path)) {
            Iterable<KeyPair> keys = SecurityUtils.loadKeyPairIdentities(null, new PathResource(path), in, provider);
            Iterator<KeyPair> found = keys == null ? null : keys.iterator();
            if (found != null && found.hasNext()) {
                return Optional.of(found.next());
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            if (!isAsked[0]) {
                throw e;
            }
            return Optional.empty();
        }
        if (isAsked[0]) {
            return Optional.empty();
        }
        throw new IOException("no key");
    }

    private static Path beside(Path path) {
        return path.resolveSibling(path.getFileName() + ".pub");
    }

    private static Optional<PublicKey> publicHalf(Path path) throws IOException {
        return Files.isReadable(path) && Files.isRegularFile(path) && Files.size(path) <= LARGEST
                ? KnownHostLine.key(Files.readString(path, StandardCharsets.ISO_8859_1).strip())
                : Optional.empty();
    }

    /** The public half of a locked key: OpenSSH writes it in clear, beside the key or before it. */
    private static Optional<PublicKey> publicKey(Path path) {
        try {
            Optional<PublicKey> beside = publicHalf(beside(path));
            if (beside.isPresent()) {
                return beside;
            }
            Matcher text = OPENSSH.matcher(Files.readString(path, StandardCharsets.US_ASCII));
            if (!text.find()) {
                return Optional.empty();
            }
            ByteArrayBuffer buffer = new ByteArrayBuffer(Base64.getMimeDecoder().decode(text.group(1)));
            buffer.rpos(MAGIC.length());
            buffer.getString(); // cipher
            buffer.getString(); // key derivation
            buffer.getBytes(); // its options
            buffer.getInt(); // number of keys
            return Optional.ofNullable(buffer.getPublicKey());
        } catch (IOException | RuntimeException _) {
            return Optional.empty();
        }
    }
}

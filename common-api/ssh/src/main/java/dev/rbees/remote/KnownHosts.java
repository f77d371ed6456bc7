package dev.rbees.remote;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * The host keys that the user trusts. A changed key is always refused, an unknown one unless a person says that it is right.
 *
 * @param userFiles to look in; new keys go to the first that is a file
 * @param globalFiles to look in as well
 * @param host as it is dialled
 * @param port of its sshd
 * @param alias under which the host stands in the files instead, empty for none
 * @param pins the only keys that the host may have; with none of them the files decide
 */
record KnownHosts(List<Path> userFiles, List<Path> globalFiles, String host, int port, String alias, List<PublicKey> pins) {

    /** What is known about a key that a server has shown. */
    enum Verdict {
        /** It is the one. */
        TRUSTED,
        /** Nothing is known about the host. */
        UNKNOWN
    }

    KnownHosts {
        userFiles = List.copyOf(userFiles);
        globalFiles = List.copyOf(globalFiles);
        pins = List.copyOf(pins);
    }

    KnownHosts(List<Path> userFiles, List<Path> globalFiles, String host, int port, String alias) {
        this(userFiles, globalFiles, host, port, alias, List.of());
    }

    /**
     * The same host with the keys that it must have.
     *
     * @param lines {@code type base64}
     * @throws RbeesException INVALID_REQUEST when one of them is no key
     */
    KnownHosts pinned(List<String> lines) {
        return new KnownHosts(userFiles, globalFiles, host, port, alias, lines.stream().map(KnownHosts::pin).toList());
    }

    private static PublicKey pin(String line) {
        return KnownHostLine.key(line).orElseThrow(() -> RbeesException.invalid("host_key", "public-key",
                "a pinned host key is written as 'ssh-ed25519 AAAA…', as ssh-keyscan prints it after the name"));
    }

    /**
     * Judges a key.
     *
     * @param offered a key, or a certificate whose signature, validity and name the library has checked
     * @throws RbeesException FORBIDDEN when it is changed or revoked
     */
    Verdict check(PublicKey offered) {
        PublicKey key = offered instanceof OpenSshCertificate certificate ? certificate.getCertPubKey() : offered;
        if (!pins.isEmpty()) {
            if (pins.stream().anyMatch(pin -> KeyUtils.compareKeys(pin, key))) {
                return Verdict.TRUSTED;
            }
            throw refused(("the host key of %s has changed: it is not the one that was pinned, but %s. Somebody may stand"
                    + " between you and that machine, or it was installed anew. When you know that it was, register it again")
                    .formatted(shown(), shown(key)));
        }
        List<KnownHostLine> ours = ours(shown());
        List<KnownHostLine> known = plain(ours).toList();
        if (has(ours.stream().filter(line -> line.marker().equals(KnownHostLine.REVOKED)), key, offered)) {
            throw refused("the host key of %s is revoked (%s): do not connect".formatted(shown(), shown(key)));
        }
        boolean isVouchedFor = offered instanceof OpenSshCertificate certificate
                && has(authorities(ours), certificate.getCaPubKey(), certificate.getCaPubKey());
        if (isVouchedFor || has(known.stream(), key, key)) {
            return Verdict.TRUSTED;
        }
        if (!known.isEmpty()) {
            throw changed(key);
        }
        // why: as ssh does it, a key that is known for the host itself is taken on another port, but proves no change there
        boolean isKnownWithoutPort = alias.isEmpty() && port != SshHostConfig.USUAL_PORT && has(plain(ours(host)), key, key);
        return isKnownWithoutPort ? Verdict.TRUSTED : Verdict.UNKNOWN;
    }

    private static boolean has(Stream<KnownHostLine> lines, PublicKey key, PublicKey orCertificate) {
        PublicKey authority = orCertificate instanceof OpenSshCertificate certificate ? certificate.getCaPubKey() : key;
        return lines.anyMatch(line -> KeyUtils.compareKeys(line.key(), key) || KeyUtils.compareKeys(line.key(), authority));
    }

    private static Stream<KnownHostLine> plain(List<KnownHostLine> lines) {
        return lines.stream().filter(line -> line.marker().isEmpty());
    }

    private static Stream<KnownHostLine> authorities(List<KnownHostLine> lines) {
        return lines.stream().filter(line -> line.marker().equals(KnownHostLine.AUTHORITY));
    }

    private RbeesException changed(PublicKey key) {
        String commands = files().filter(file -> plain(lines(file, shown())).findAny().isPresent())
                .map(file -> "ssh-keygen -R " + ShellQuote.quote(shown()) + " -f " + ShellQuote.quote(file.toString()))
                .collect(Collectors.joining(" && "));
        return refused(
                ("the host key of %s has changed (it is now %s). Somebody may stand between you and that machine, or it"
                        + " was installed anew. When you know that it was, run: %s and connect again").formatted(shown(),
                                shown(key),
                                commands));
    }

    /** What to say when the key is unknown and nobody can be asked. */
    RbeesException unknown(PublicKey offered) {
        PublicKey key = offered instanceof OpenSshCertificate certificate ? certificate.getCertPubKey() : offered;
        return refused("the host key of %s is unknown (%s). Compare it with 'ssh-keygen -lf' on that machine, then %s"
                .formatted(shown(), shown(key),
                        fileForNew().map(file -> "run: ssh-keyscan -p %d %s >> %s".formatted(port, host,
                                ShellQuote.quote(file.toString())))
                                .orElse("name a file as UserKnownHostsFile in the SSH configuration and put it there")));
    }

    /** Writes a key that a person has accepted into the first of the user's files. */
    void add(PublicKey offered, boolean hashed) {
        PublicKey key = offered instanceof OpenSshCertificate certificate ? certificate.getCertPubKey() : offered;
        Path file = fileForNew().orElseThrow(() -> unknown(offered));
        String name = hashed ? KnownHostLine.hashed(shown(), new SecureRandom()) : shown();
        try {
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null && !Files.isDirectory(parent)) {
                Files.createDirectories(parent,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            if (!Files.exists(file)) {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            byte[] before = Files.readAllBytes(file);
            String newline = before.length == 0 || before[before.length - 1] == '\n' ? "" : "\n";
            Files.writeString(file, newline + name + " " + PublicKeyEntry.toString(key) + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.FORBIDDEN, "the host key of " + shown() + " cannot be written into " + file
                    + "; may you write there?", e);
        }
    }

    /** why: /dev/null stands in many configurations, and is no place to keep a key. */
    private Optional<Path> fileForNew() {
        return userFiles.stream().filter(file -> Files.isRegularFile(file) || !Files.exists(file)).findFirst();
    }

    /** The types of the keys that are known for the host, so that it can be asked for one of those. */
    List<String> keyTypes() {
        Stream<PublicKey> keys = pins.isEmpty()
                ? Stream.concat(plain(ours(shown())), plain(ours(host))).map(KnownHostLine::key)
                : pins.stream();
        return keys.map(key -> Objects.toString(KeyUtils.getKeyType(key), "")).distinct().toList();
    }

    /** Whether somebody may vouch for the host with a certificate. */
    boolean hasAuthority() {
        return pins.isEmpty() && authorities(ours(shown())).findAny().isPresent();
    }

    /** As it stands in the files: with the port when that is not the usual one. */
    String shown() {
        if (!alias.isEmpty()) {
            return alias;
        }
        return port == SshHostConfig.USUAL_PORT ? host : "[" + host + "]:" + port;
    }

    private static String shown(PublicKey key) {
        return KeyUtils.getKeyType(key) + " " + KeyUtils.getFingerPrint(key);
    }

    private static RbeesException refused(String why) {
        return new RbeesException(ErrorCode.FORBIDDEN, why);
    }

    private Stream<Path> files() {
        return Stream.concat(userFiles.stream(), globalFiles.stream()).filter(Files::isRegularFile);
    }

    private List<KnownHostLine> ours(String name) {
        return files().flatMap(file -> lines(file, name).stream()).toList();
    }

    private static List<KnownHostLine> lines(Path file, String name) {
        try (Stream<String> texts = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            return texts.map(KnownHostLine::parse).flatMap(Optional::stream).filter(line -> line.isAbout(name)).toList();
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.FORBIDDEN, "cannot read the known host keys in " + file, e);
        }
    }
}

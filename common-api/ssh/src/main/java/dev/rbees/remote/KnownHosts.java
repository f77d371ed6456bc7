package dev.rbees.remote;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * The host keys that the user trusts. A key is never accepted because it is new: an unknown one and a changed one are both
 * refused, each with the command that helps.
 *
 * @param files to look in; the first is named in messages
 * @param host as it is dialled
 * @param port of its sshd
 * @param alias under which the host stands in the files instead, empty for none
 * @param pins the only keys that the host may have; with none of them the files decide
 */
record KnownHosts(List<Path> files, String host, int port, String alias, List<PublicKey> pins) {

    private static final String REVOKED = "revoked";

    KnownHosts {
        files = List.copyOf(files);
        pins = List.copyOf(pins);
    }

    /**
     * The same host with the keys that it must have.
     *
     * @param lines {@code type base64}
     * @throws RbeesException INVALID_REQUEST when one of them is no key
     */
    KnownHosts pinned(List<String> lines) {
        return new KnownHosts(files, host, port, alias, lines.stream().map(KnownHosts::pin).toList());
    }

    private static PublicKey pin(String line) {
        try {
            PublicKeyEntry entry = PublicKeyEntry.parsePublicKeyEntry(line);
            PublicKey key = entry == null ? null : entry.resolvePublicKey(null, Map.of(), PublicKeyEntryResolver.IGNORING);
            if (key != null) {
                return key;
            }
        } catch (IOException | GeneralSecurityException | RuntimeException _) {
            // told below
        }
        throw RbeesException.invalid("host_key", "public-key",
                "a pinned host key is written as 'ssh-ed25519 AAAA…', as ssh-keyscan prints it after the name");
    }

    private record Known(KnownHostEntry entry, PublicKey key) {}

    boolean isDialledAs(String otherHost, int otherPort) {
        return host.equals(otherHost) && port == otherPort;
    }

    /** @throws RbeesException FORBIDDEN when the key is unknown, changed or revoked */
    void check(PublicKey offered) {
        if (!pins.isEmpty()) {
            checkPins(offered);
            return;
        }
        List<Known> known = read();
        if (known.stream().anyMatch(line -> isRevoked(line.entry()) && KeyUtils.compareKeys(line.key(), offered))) {
            throw refused("the host key of %s is revoked in %s: do not connect".formatted(shown(), files.getFirst()));
        }
        List<Known> ours = known.stream()
                .filter(this::isOurs).toList();
        if (ours.stream().anyMatch(line -> KeyUtils.compareKeys(line.key(), offered))) {
            return;
        }
        String presented = KeyUtils.getKeyType(offered) + " " + KeyUtils.getFingerPrint(offered);
        if (ours.isEmpty()) {
            throw refused(("the host key of %s is unknown (%s). Compare it with 'ssh-keygen -lf' on that machine, then run: "
                    + "ssh-keyscan -p %d %s >> '%s'").formatted(shown(), presented, port, host, files.getFirst()));
        }
        throw refused(("the host key of %s has changed (%s). Somebody may stand between you and that machine, or it was "
                + "installed anew. When you know that it was, run: ssh-keygen -R '%s' -f '%s' and then: ssh-keyscan -p %d %s "
                + ">> '%s'").formatted(shown(), presented, shown(), files.getFirst(), port, host, files.getFirst()));
    }

    private void checkPins(PublicKey offered) {
        if (pins.stream().noneMatch(pin -> KeyUtils.compareKeys(pin, offered))) {
            throw refused(("the host key of %s has changed: it is not the one that was pinned (%s %s). Somebody may stand "
                    + "between you and that machine, or it was installed anew. When you know that it was, register it "
                    + "again").formatted(shown(), KeyUtils.getKeyType(offered), KeyUtils.getFingerPrint(offered)));
        }
    }

    /** The types of the keys that are known for the host, so that it can be asked for one of those. */
    List<String> keyTypes() {
        if (!pins.isEmpty()) {
            return pins.stream().map(key -> Objects.toString(KeyUtils.getKeyType(key), "")).distinct().toList();
        }
        return read().stream()
                .filter(this::isOurs)
                .map(line -> Objects.toString(KeyUtils.getKeyType(line.key()), "")).distinct().toList();
    }

    private boolean isOurs(Known line) {
        boolean match = alias.isEmpty() ? line.entry().isHostMatch(host, port) : line.entry().isHostMatch(alias, 22);
        return line.entry().getMarker() == null && match;
    }

    private static boolean isRevoked(KnownHostEntry entry) {
        return entry.getMarker() != null && entry.getMarker().toLowerCase(Locale.ROOT).equals(REVOKED);
    }

    private RbeesException refused(String why) {
        return new RbeesException(ErrorCode.FORBIDDEN, why);
    }

    /** As it stands in the file: with the port when that is not the usual one. */
    private String shown() {
        if (!alias.isEmpty()) {
            return alias;
        }
        return port == 22 ? host : "[" + host + "]:" + port;
    }

    private List<Known> read() {
        List<Known> known = new ArrayList<>();
        for (Path file : files) {
            try {
                for (String line : Files.isReadable(file) ? Files.readAllLines(file, StandardCharsets.ISO_8859_1)
                        : List.<String>of()) {
                    Known entry = parse(line);
                    if (entry != null) {
                        known.add(entry);
                    }
                }
            } catch (IOException e) {
                throw new RbeesException(ErrorCode.FORBIDDEN, "cannot read the known host keys in " + file, e);
            }
        }
        return known;
    }

    private static @Nullable Known parse(String line) {
        try {
            KnownHostEntry entry = KnownHostEntry.parseKnownHostEntry(line);
            PublicKey key = entry == null || entry.getKeyEntry() == null
                    ? null
                    : entry.getKeyEntry().resolvePublicKey(null, PublicKeyEntryResolver.IGNORING);
            return key == null ? null : new Known(entry, key);
        } catch (IOException | GeneralSecurityException | RuntimeException _) {
            return null; // why: ssh passes over lines that it does not understand as well
        }
    }
}

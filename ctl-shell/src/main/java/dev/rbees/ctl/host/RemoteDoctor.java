package dev.rbees.ctl.host;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.cli.GravestExit;
import dev.rbees.cli.Program;
import dev.rbees.home.Sha256;
import dev.rbees.remote.SshPeer;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * {@code doctor} of another machine, after what can be said of the way to it: whether it is reached, its host key, the version
 * of rbees there, its clock.
 *
 * @param machines by which it is reached
 * @param ours this program
 * @param time of this machine
 */
public record RemoteDoctor(Machines machines, Program ours, InstantSource time) {

    /** why: a clock of whole seconds, and the time that asking takes. */
    private static final Duration TOLERATED = Duration.ofSeconds(5);

    /**
     * Checks a machine.
     *
     * @param out takes an array of findings as JSON
     * @param err takes what is said meanwhile
     * @return the exit code; that of the failure when it is not reached
     */
    public int examine(PoolTarget target, OutputStream out, OutputStream err) {
        List<SshFinding> findings = new ArrayList<>();
        int code;
        try {
            way(target, findings);
            code = there(target, findings, err);
        } catch (RbeesException e) {
            findings.add(SshFinding.fail(findings.isEmpty() ? "ssh" : "rbees-pool", e.userMessage()));
            code = e.code().exitCode().code();
            write(err, "error: " + target.name() + ": " + e.userMessage() + "\n");
        }
        write(out, Json.write(findings));
        return code;
    }

    private void way(PoolTarget target, List<SshFinding> findings) {
        Instant before = time.instant();
        SshPeer peer = machines.peer(target);
        findings.add(SshFinding.ok("ssh", "reached %s@%s, port %d, in %d ms".formatted(peer.user(), peer.host(), peer.port(),
                Duration.between(before, time.instant()).toMillis())));
        String key = peer.hostKey().replaceFirst(" .*", "") + " " + fingerprint(peer.hostKey());
        findings.add(target.pinned().contains(peer.hostKey())
                ? SshFinding.ok("ssh-host-key", key + " is known, and pinned")
                : SshFinding.ok("ssh-host-key", key + " is known"));
        findings.add(clock(target));
    }

    private SshFinding clock(PoolTarget target) {
        Instant before = time.instant();
        String seconds = machines.clock(target);
        Instant after = time.instant();
        if (!seconds.matches("[0-9]{1,12}")) {
            return SshFinding.warn("ssh-clock", "the machine does not tell its time", "look at what 'date +%s' prints there");
        }
        Instant there = Instant.ofEpochSecond(Long.parseLong(seconds));
        Duration ahead = there.isAfter(after) ? Duration.between(after, there) : Duration.ZERO;
        Duration behind = there.isBefore(before) ? Duration.between(there, before) : Duration.ZERO;
        return ahead.compareTo(TOLERATED) <= 0 && behind.compareTo(TOLERATED) <= 0
                ? SshFinding.ok("ssh-clock", "as here")
                : SshFinding.warn("ssh-clock", ahead.isZero()
                        ? behind.toSeconds() + " s behind this machine's"
                        : ahead.toSeconds() + " s ahead of this machine's",
                        "let both machines follow a time server, such as with systemd-timesyncd or chrony");
    }

    private int there(PoolTarget target, List<SshFinding> findings, OutputStream err) {
        CapturedOutput line = new CapturedOutput();
        int code = machines.run(target, List.of("--version"), Optional.empty(), line, err);
        String[] words = line.text().strip().split(" ", -1);
        String version = words.length > 1 ? words[1] : "";
        findings.add(version.equals(ours.version())
                ? SshFinding.ok("ssh-version", version + ", as here")
                : SshFinding.warn("ssh-version", "there " + version + ", here " + ours.version(),
                        "rbees pool upgrade --host " + target.name()));
        CapturedOutput found = new CapturedOutput();
        code = GravestExit.of(code,
                machines.run(target, List.of("doctor", "--output", "json"), Optional.empty(), found, err));
        if (!found.text().isBlank()) {
            findings.addAll(List.of(Json.read(found.text(), SshFinding[].class)));
        }
        return code;
    }

    /** As ssh shows it. */
    private static String fingerprint(String hostKey) {
        byte[] key = Base64.getDecoder().decode(hostKey.substring(hostKey.indexOf(' ') + 1));
        return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(Sha256.start().digest(key));
    }

    private static void write(OutputStream to, String text) {
        try {
            to.write(text.getBytes(UTF_8));
            to.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

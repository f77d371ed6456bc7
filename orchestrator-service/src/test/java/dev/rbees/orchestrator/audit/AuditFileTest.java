package dev.rbees.orchestrator.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Priority;
import dev.rbees.home.Sha256;
import dev.rbees.orchestrator.testing.TestTasks;
import dev.rbees.thread.Liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A chain of lines in which nobody without the key changes one unseen. */
@Timeout(60)
class AuditFileTest {

    private static final Instant NOW = Instant.parse("2026-01-31T23:59:59.999Z");

    @TempDir
    Path home;

    private final Liveness liveness = new Liveness(failure -> {
        throw new AssertionError(failure.cause());
    });
    private Path folder = Path.of("");
    private AuditFile.Form form = new AuditFile.Form(1 << 20, Duration.ofSeconds(10));

    @BeforeEach
    void prepare() throws IOException {
        folder = Files.createDirectories(home.resolve("audit"));
    }

    private AuditFile open() {
        return AuditFile.open(folder, home.resolve("keys"), () -> NOW, form, liveness);
    }

    private void write(int events) {
        try (AuditFile audit = open()) {
            for (int i = 0; i < events; i++) {
                audit.write(() -> AuditEvent.tokenCreated("tenant\nof two lines", "id"));
            }
        }
    }

    private AuditKey key() {
        return AuditKey.open(home.resolve("keys"));
    }

    private List<AuditEntry> entries() throws IOException {
        List<AuditEntry> all = new ArrayList<>();
        AuditFiles.read(folder, key(), (_, entry) -> all.add(entry));
        return all;
    }

    private List<String> types() throws IOException {
        return entries().stream().map(entry -> entry.event().eventType()).toList();
    }

    private Path file(int number) {
        return folder.resolve(AuditFiles.name(number));
    }

    private void refused(String why) {
        assertThatThrownBy(() -> AuditFiles.verify(folder, key())).isInstanceOf(RbeesException.class)
                .hasMessageContaining(why);
    }

    @Test
    void theChainGoesOnOverRestarts() throws IOException {
        write(2);
        write(1);
        assertThat(types()).containsExactly("audit_begun", "token_created", "token_created", "stopped", "token_created",
                "stopped");
        List<AuditEntry> all = entries();
        assertThat(all.getFirst().prevMac()).isEqualTo(AuditEntry.GENESIS);
        assertThat(all.getLast().auditId()).isEqualTo("audit-0000000000000006");
        assertThat(AuditFiles.verify(folder, key())).isEqualTo(new AuditFiles.Verified(1, 6));
        for (Path secret : List.of(file(1), folder.resolve("head"), home.resolve("keys/audit.key"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret))).isEqualTo("rw-------");
        }
    }

    @Test
    void aFileThatIsFullIsFollowedByAnotherOfTheSameChain() throws IOException {
        form = new AuditFile.Form(500, Duration.ofSeconds(10));
        for (int i = 0; i < 6; i++) {
            write(1);
        }
        assertThat(file(3)).exists();
        assertThat(AuditFiles.verify(folder, key()).lines()).isEqualTo(13);
        Files.delete(file(2));
        refused("audit-000002.log is missing");
    }

    @Test
    void aLineThatWasChangedTakenOutOrAddedToIsFound() throws IOException {
        write(3);
        List<String> lines = Files.readAllLines(file(1));
        Files.write(file(1), List.of(lines.getFirst(), lines.get(2), lines.get(3), lines.get(4)));
        refused("changed at audit-0000000000000002");
        List<String> other = new ArrayList<>(lines);
        other.set(1, lines.get(1).replace("tenant of", "tenent of"));
        Files.write(file(1), other);
        refused("changed at audit-0000000000000002");
        other.set(1, lines.get(1).replaceFirst("\\{", "{\"approved_by\":\"nobody\","));
        Files.write(file(1), other);
        refused("changed at audit-0000000000000002");
        assertThatThrownBy(this::open).isInstanceOf(RbeesException.class).hasMessageContaining("move the folder away");
        Files.write(file(1), lines);
        assertThat(AuditFiles.verify(folder, key()).lines()).isEqualTo(5);
    }

    @Test
    void aChainThatSomebodyWithoutTheKeyMadeAnewIsFound() throws IOException {
        write(3);
        List<String> forged = new ArrayList<>();
        String before = AuditEntry.GENESIS;
        AuditKey wrong = new AuditKey(new byte[32]);
        for (AuditEntry entry : entries()) {
            AuditEntry made = AuditEntry.of(wrong, forged.size() + 1, entry.timestamp(), AuditEvent.tokenRevoked("x", "y"),
                    before);
            before = made.mac();
            forged.add(made.line());
        }
        Files.write(file(1), forged);
        refused("changed at audit-0000000000000001");
    }

    @Test
    void anEndThatWasCutOffIsFound() throws IOException {
        write(3);
        List<String> lines = Files.readAllLines(file(1));
        Files.write(file(1), lines.subList(0, 4));
        refused("cut off after line 4 of 5");
        assertThatThrownBy(this::open).hasMessageContaining("cut off after line 4 of 5");
        Files.writeString(file(1), String.join("\n", lines)); // half a line, as it were
        refused("cut off after line 4 of 5");
        Files.delete(file(1));
        refused("cut off after line 0 of 5");
        Files.write(file(1), lines);
        Files.delete(folder.resolve("head"));
        refused("the file head is missing or was changed");
    }

    @Test
    void aLineThatWasCutShortByAKillIsNoLine() throws IOException {
        write(1);
        Files.writeString(file(1), Files.readString(file(1)) + "{\"audit_id\":\"audit-00", StandardCharsets.UTF_8);
        write(1);
        assertThat(AuditFiles.verify(folder, key()).lines()).isEqualTo(5);
    }

    @Test
    void aHeadThatIsBehindIsNoFault() throws IOException {
        write(1);
        byte[] before = Files.readAllBytes(folder.resolve("head"));
        write(1);
        Files.write(folder.resolve("head"), before);
        write(1);
        assertThat(AuditFiles.verify(folder, key()).lines()).isEqualTo(7);
    }

    @Test
    void aKeyThatOthersMayReadIsRefused() throws IOException {
        write(1);
        Files.setPosixFilePermissions(home.resolve("keys/audit.key"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(this::open).isInstanceOf(RbeesException.class).hasMessageContaining("chmod 0600");
    }

    @Test
    void whatAnEarlierVersionLeftIsNamedWithItsHash() throws IOException {
        Path old = Files.writeString(folder.resolve("2026-01-30.audit"), "{}\n");
        write(0);
        assertThat(entries().getFirst().event().details()).containsEntry("before", "2026-01-30.audit")
                .containsEntry("before_sha256", Sha256.of(old));
    }

    /** 20 000 requests without a token, and an operator who takes in 20 tenants meanwhile. */
    @Test
    void aFloodOfRefusalsTakesNothingFromTheOperator() throws IOException {
        try (AuditFile audit = open()) {
            for (int i = 0; i < 20_000; i++) {
                String address = "10.0.0." + i % 3;
                audit.write(() -> AuditEvent.authFailure(address));
                if (i % 1_000 == 0) {
                    String tenant = "t" + i;
                    audit.write(() -> AuditEvent.tenantCreated(tenant, "id"));
                }
            }
            assertThat(audit.dropped()).isZero();
        }
        List<AuditEntry> all = entries();
        assertThat(all.stream().filter(entry -> entry.event().eventType().equals("tenant_created"))).hasSize(20);
        assertThat(all.stream().filter(entry -> entry.event().eventType().equals("auth_failure"))
                .map(entry -> entry.event().details().get("count"))).containsExactlyInAnyOrder(6_667, 6_667, 6_666);
        assertThat(all).hasSizeLessThan(30);
    }

    @Test
    void refusalsOfCountlessOriginsAreCountedTogether() throws IOException {
        try (AuditFile audit = open()) {
            for (int i = 0; i < 5_000; i++) {
                String address = "10.0." + i / 250 + "." + i % 250;
                audit.write(() -> AuditEvent.authFailure(address));
            }
        }
        List<AuditEntry> failures = entries().stream().filter(entry -> entry.event().eventType().equals("auth_failure"))
                .toList();
        assertThat(failures).hasSize(AuditQueue.MOST_TALLIES + 1);
        assertThat(failures.stream().filter(entry -> entry.event().actor().equals("others"))
                .map(entry -> entry.event().details().get("count"))).containsExactly(5_000 - AuditQueue.MOST_TALLIES);
    }

    @Test
    void ofAPromptOnlyAHashUnderTheKeyIsWritten() throws IOException {
        try (AuditFile audit = open()) {
            audit.write(() -> AuditEvent.taskSubmitted(TestTasks.fresh("t", NOW),
                    TestTasks.submission("my secret", Priority.INTERACTIVE, null, null)));
        }
        String written;
        try (Stream<String> lines = Files.lines(file(1))) {
            written = String.join("\n", lines.toList());
        }
        assertThat(written).contains(key().mac("my secret")).doesNotContain("my secret")
                .doesNotContain(Sha256.of("my secret".getBytes(StandardCharsets.UTF_8)));
    }
}

package dev.rbees.orchestrator.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A chain of lines in which nobody changes one unseen. */
class AuditFileTest {

    @TempDir
    Path folder;

    private Instant now = Instant.parse("2026-01-31T23:59:59.999Z");

    private void write(int events) {
        try (AuditFile audit = AuditFile.open(folder, () -> now)) {
            for (int i = 0; i < events; i++) {
                audit.write(() -> AuditEvent.tokenCreated("tenant\nof two lines"));
            }
        }
    }

    private Path day(String date) {
        return folder.resolve(date + ".audit");
    }

    @Test
    void theChainGoesOnOverRestartsAndDays() throws IOException {
        write(2);
        write(1);
        now = now.plusMillis(1);
        write(1);
        List<AuditFile.Entry> first = AuditFile.read(day("2026-01-31"));
        List<AuditFile.Entry> second = AuditFile.read(day("2026-02-01"));
        assertThat(first).hasSize(3);
        assertThat(first.getFirst().prevHash()).isEqualTo(AuditFile.GENESIS);
        assertThat(second).singleElement().satisfies(entry -> {
            assertThat(entry.prevHash()).isEqualTo(first.getLast().hash());
            assertThat(entry.auditId()).isEqualTo("audit-0000000000000004");
        });
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(day("2026-01-31")))).isEqualTo("rw-------");
    }

    @Test
    void aLineThatWasChangedOrTakenOutIsFound() throws IOException {
        write(3);
        List<String> lines = Files.readAllLines(day("2026-01-31"));
        Files.write(day("2026-01-31"), List.of(lines.getFirst(), lines.getLast()));
        assertThatThrownBy(() -> AuditFile.read(day("2026-01-31"))).hasMessageContaining("audit-0000000000000003");
        Files.write(day("2026-01-31"), List.of(lines.getFirst(), lines.get(1).replace("tenant", "tenent")));
        assertThatThrownBy(() -> AuditFile.open(folder, () -> now)).isInstanceOf(RbeesException.class)
                .hasMessageContaining("Move it away");
    }
}

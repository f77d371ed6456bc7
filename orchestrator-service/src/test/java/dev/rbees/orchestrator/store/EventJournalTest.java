package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.testing.RunningOrchestrator;

import static org.assertj.core.api.Assertions.assertThat;

/** Events in files, and how they get into the database. */
class EventJournalTest {

    @TempDir
    Path folder;

    private StoreWriter writer;
    private StoreReader reader;
    private EventJournal journal;

    @BeforeEach
    void open() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        SqliteDatabase database = SqliteDatabase.prepare(folder.resolve("db"));
        writer = new StoreWriter(database, () -> {
        });
        reader = new StoreReader(database);
        writer.start();
        journal = EventJournal.open(folder.resolve("journal"), 2_000, writer, reader);
    }

    @AfterEach
    void close() {
        journal.close();
        writer.close();
        reader.close();
    }

    private void accept(String task) {
        run(statements -> {
            var insert = statements
                    .of("INSERT INTO tasks (id, state, record, request_sha256) VALUES (?, 'RUNNING', '{}', '')");
            insert.setString(1, task);
            insert.executeUpdate();
        });
    }

    private void run(StoreWriter.Work work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        writer.write(new StoreWriter.Write(work, true, () -> done.complete(null), done::completeExceptionally));
        done.join();
    }

    private static LoggedEvent event(long sequence) {
        return new LoggedEvent(sequence, "token", "{\"t\":\"wörd\\n\",\"n\":" + sequence + "}");
    }

    private void say(String task, long from, long to) {
        LongStream.rangeClosed(from, to).forEach(n -> assertThat(journal.append(task, event(n), () -> {
        })).isTrue());
    }

    private static List<LoggedEvent> events(long count) {
        return LongStream.rangeClosed(1, count).mapToObj(EventJournalTest::event).toList();
    }

    private List<LoggedEvent> read(String task) {
        List<LoggedEvent> all = new ArrayList<>();
        for (List<LoggedEvent> page = journal.read(task, 0, 256); !page.isEmpty(); page = journal.read(task, all.size(),
                256)) {
            all.addAll(page);
        }
        return all;
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(folder.resolve("journal"))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFileThatHasGrownLongGoesIntoTheDatabaseAndTheNextOneGoesOn() {
        accept("t1");
        say("t1", 1, 100);
        RunningOrchestrator.await(() -> read("t1").size() == 100);
        RunningOrchestrator.await(() -> files().size() == 1);
        say("t1", 101, 150);
        close();
        reopen();
        assertThat(read("t1")).isEqualTo(events(150));
        assertThat(files()).hasSize(1);
    }

    @Test
    void whatEndedMeanwhileIsNotTouchedAgain() {
        accept("t1");
        say("t1", 1, 3);
        run(statements -> {
            journal.ending("t1", events(4)).run(statements);
            statements.of("UPDATE tasks SET ended_at = 1").executeUpdate();
        });
        close();
        reopen();
        assertThat(read("t1")).isEqualTo(events(4));
    }

    /** As when the process died between the commit and the deletion. */
    @Test
    void aFileThatIsPutAwayTwiceAddsNothing() throws IOException {
        accept("t1");
        say("t1", 1, 5);
        close();
        Path old = files().getFirst();
        byte[] content = Files.readAllBytes(old);
        reopen();
        close();
        Files.write(old, content);
        reopen();
        assertThat(read("t1")).isEqualTo(events(5));
    }

    @Test
    void aRecordThatIsNotWholeEndsItsFile() throws IOException {
        accept("t1");
        say("t1", 1, 5);
        close();
        Path file = files().getFirst();
        byte[] content = Files.readAllBytes(file);
        content[content.length - 3] ^= 1;
        Files.write(file, content);
        Files.write(file, new byte[] {0, 0, 1, 0, 7}, StandardOpenOption.APPEND);
        reopen();
        assertThat(read("t1")).isEqualTo(events(4));
        say("t1", 5, 6);
        close();
        reopen();
        assertThat(read("t1")).isEqualTo(events(6));
    }

    @Test
    void manyTasksAtOnceKeepTheirOrder() {
        List<String> tasks = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            tasks.add("task-" + i);
            accept("task-" + i);
        }
        for (long n = 1; n <= 5; n++) {
            for (String task : tasks) {
                say(task, n, n);
            }
        }
        close();
        reopen();
        tasks.forEach(task -> assertThat(read(task)).isEqualTo(events(5)));
    }

    private void reopen() {
        try {
            open();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

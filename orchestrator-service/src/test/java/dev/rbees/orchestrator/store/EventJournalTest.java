package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.testing.Waiting;
import dev.rbees.thread.Liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Events in files, and how they get into the database. */
class EventJournalTest {

    @TempDir
    Path folder;

    private FaultyDatabase database;
    private StoreWriter writer;
    private StoreReader reader;
    private EventJournal journal;

    @BeforeEach
    void open() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        database = new FaultyDatabase(SqliteDatabase.prepare(folder.resolve("db")));
        writer = new StoreWriter(database, () -> {
        });
        reader = new StoreReader(database);
        writer.start();
        journal = EventJournal.open(folder.resolve("journal"), 2_000, writer, reader, new Liveness(_ -> {
        }));
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
        Waiting.until(() -> read("t1").size() == 100);
        Waiting.until(() -> files().size() == 1);
        say("t1", 101, 150);
        close();
        reopen();
        assertThat(read("t1")).isEqualTo(events(150));
        Waiting.until(() -> files().size() == 1);
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

    @Test
    void eventsOfManyTasksInTurnBecomeOnePageOfEach() throws IOException {
        List<String> tasks = IntStream.range(0, 300).mapToObj(i -> "task-" + i).toList();
        tasks.forEach(this::accept);
        close();
        leave(2, LongStream.rangeClosed(1, 5).boxed().flatMap(n -> tasks.stream().map(task -> task + " " + n))
                .toArray(String[]::new));
        reopen();
        journal.awaitFolded();
        assertThat(reader.query("SELECT count(*) FROM log_pages", row -> row.getInt(1))).containsExactly(300);
        tasks.forEach(task -> assertThat(inDatabase(task)).isEqualTo(events(5)));
    }

    private void reopen() {
        try {
            open();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Path segment(int number) {
        return folder.resolve("journal").resolve("%012d.journal".formatted(number));
    }

    /** Writes a file as a former process would have left it. */
    private void leave(int number, String... tasks) throws IOException {
        try (JournalSegment segment = JournalSegment.create(segment(number))) {
            for (int i = 0; i < tasks.length; i++) {
                String[] words = tasks[i].split(" ", 2);
                segment.write(JournalSegment.record(words[0], event(Long.parseLong(words[1]))));
            }
        }
    }

    /** Hides a file so that it cannot be read, and gives it back. */
    private void hide(Path file, boolean hidden) throws IOException {
        Path aside = folder.resolve("aside");
        if (hidden) {
            Files.move(file, aside);
            Files.createDirectory(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.delete(file);
            Files.move(aside, file);
        }
    }

    private List<LoggedEvent> inDatabase(String task) {
        return LogRows.read(reader, task, 0, Integer.MAX_VALUE);
    }

    @Test
    void whatFollowsAFileThatCannotBeFoldedWaitsBehindIt() throws IOException {
        accept("t1");
        close();
        leave(8, "t1 1", "t1 2");
        leave(9, "t1 3");
        hide(segment(8), true);
        reopen();
        run(_ -> {
        });
        say("t2", 1, 100);
        Waiting.until(() -> files().size() == 4);
        assertThat(inDatabase("t1")).isEmpty();
        assertThat(journal.trouble()).isNull();
        hide(segment(8), false);
        assertThat(read("t1")).isEqualTo(events(3));
        Waiting.until(() -> files().size() == 1);
    }

    @Test
    void openingDoesNotWaitForADatabaseThatIsAwayButReadingDoes() throws IOException, SQLException {
        accept("t1");
        accept("t2");
        accept("t3");
        say("t3", 1, 1);
        run(statements -> {
            journal.ending("t3", events(1)).run(statements);
            statements.of("UPDATE tasks SET ended_at = 1 WHERE id = 't3'").executeUpdate();
        });
        say("t1", 1, 3);
        close();
        reopenAway();
        say("t2", 1, 1);
        assertThat(read("t3")).isEqualTo(events(1));
        CompletableFuture<List<LoggedEvent>> read = CompletableFuture.supplyAsync(() -> read("t1"));
        Waiting.until(() -> writer.trouble() != null);
        assertThat(read).isNotDone();
        database.away = false;
        assertThat(read.join()).isEqualTo(events(3));
    }

    private void reopenAway() {
        reader = new StoreReader(database);
        writer = new StoreWriter(database, () -> {
        });
        writer.start();
        database.away = true;
        journal = EventJournal.open(folder.resolve("journal"), 2_000, writer, reader, new Liveness(_ -> {
        }));
    }

    @Test
    void whoWaitsForTheFoldingIsReleasedWhenTheJournalCloses() throws IOException {
        accept("t1");
        close();
        leave(8, "t1 1");
        hide(segment(8), true);
        reopen();
        CompletableFuture<List<LoggedEvent>> read = CompletableFuture.supplyAsync(() -> read("t1"));
        close();
        assertThatThrownBy(read::join).hasCauseInstanceOf(RbeesException.class);
        hide(segment(8), false);
        reopen();
        assertThat(read("t1")).isEqualTo(events(1));
    }

    @Test
    void afterDamageInTheMiddleTheRestIsReadAndTheFileIsKept() throws IOException {
        accept("t1");
        accept("t2");
        close();
        leave(8, "t1 1", "t1 2", "t2 1", "t2 2");
        byte[] content = Files.readAllBytes(segment(8));
        content[content.length / 4 + 20] ^= 1;
        Files.write(segment(8), content);
        reopen();
        assertThat(read("t1")).isEqualTo(events(1));
        assertThat(read("t2")).isEqualTo(events(2));
        assertThat(files()).extracting(file -> file.getFileName().toString())
                .containsExactly("000000000008.journal.damaged", "000000000009.journal");
        assertThat(folder.resolve("journal/000000000008.journal.damaged")).hasBinaryContent(content);
        close();
        reopen();
        assertThat(read("t2")).isEqualTo(events(2));
        Waiting.until(() -> files().size() == 2);
    }

    /** A full file was on the disk before the next one was begun, so that no power cut explains it. */
    @Test
    void aFileThatIsNotTheLastAndEndsTooEarlyIsKept() throws IOException {
        accept("t1");
        close();
        leave(8, "t1 1", "t1 2");
        leave(9, "t1 3");
        byte[] content = Files.readAllBytes(segment(8));
        Files.write(segment(8), Arrays.copyOf(content, content.length - 3));
        reopen();
        assertThat(read("t1")).isEqualTo(events(1));
        assertThat(files()).hasSize(2).first().asString().endsWith("8.journal.damaged");
    }

    /** File systems give out zeros where a power cut has lost what was written. */
    @Test
    void zerosAtTheEndArePassedOver() throws IOException {
        accept("t1");
        close();
        leave(8, "t1 1", "t1 2");
        Files.write(segment(8), new byte[100_000], StandardOpenOption.APPEND);
        reopen();
        assertThat(read("t1")).isEqualTo(events(2));
        assertThat(files()).hasSize(1);
    }

    @Test
    void megabytesOfGarbageAreReadQuicklyAndRecordsLargerThanTheWindowToo() throws IOException {
        accept("t1");
        accept("t2");
        close();
        LoggedEvent large = new LoggedEvent(2, "token", "x".repeat(5_000_000));
        try (JournalSegment segment = JournalSegment.create(segment(8))) {
            segment.write(JournalSegment.record("t1", event(1)));
            segment.write(JournalSegment.record("t1", large));
        }
        byte[] garbage = new byte[8_000_000];
        new Random(1).nextBytes(garbage);
        Files.write(segment(8), garbage, StandardOpenOption.APPEND);
        leave(9, "t2 1");
        Files.write(segment(8), Files.readAllBytes(segment(9)), StandardOpenOption.APPEND);
        Files.delete(segment(9));
        reopen();
        assertThat(read("t1")).containsExactly(event(1), large);
        assertThat(read("t2")).isEqualTo(events(1));
    }

    @Test
    void whoWaitsUntilSomethingIsInNoFileIsAnsweredWhenTheJournalCloses() {
        accept("t1");
        say("t1", 1, 5);
        CompletableFuture<Void> scrubbed = journal.scrub();
        close();
        assertThat(scrubbed.isDone()).isTrue();
    }
}

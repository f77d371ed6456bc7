package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.store.FaultyDatabase.Commit;
import dev.rbees.orchestrator.store.StoreWriter.Work;
import dev.rbees.orchestrator.store.StoreWriter.Write;
import dev.rbees.testing.Waiting;
import dev.rbees.thread.Liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The writer, and a database that fails at the worst moment. */
class StoreWriterTest {

    private static final int CAPACITY = 4;
    private static final Duration DOUBT = Duration.ofMillis(300);

    @TempDir
    Path folder;

    private final CompletableFuture<Liveness.Failure> ended = new CompletableFuture<>();
    private final AtomicBoolean eventLoop = new AtomicBoolean();
    private FaultyDatabase database;
    private StoreReader reader;
    private StoreWriter writer;

    @BeforeEach
    void open() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        database = new FaultyDatabase(SqliteDatabase.prepare(folder.resolve("db")));
        reader = new StoreReader(database);
        writer = new StoreWriter(database, StoreWriterTest::nothing, new Liveness(ended::complete),
                new WriteQueue(CAPACITY, eventLoop::get), DOUBT);
        writer.start();
    }

    @AfterEach
    void close() {
        database.away = false;
        writer.close();
        reader.close();
    }

    private static void nothing() {}

    private static Work says(String id, String record) {
        return statements -> {
            var upsert = statements.of("INSERT INTO sessions (id, record) VALUES (?, ?)"
                    + " ON CONFLICT (id) DO UPDATE SET record = excluded.record");
            upsert.setString(1, id);
            upsert.setString(2, record);
            upsert.executeUpdate();
        };
    }

    private static boolean holds(Statements statements, String id) throws SQLException {
        var select = statements.of("SELECT 1 FROM sessions WHERE id = ?");
        select.setString(1, id);
        try (var row = select.executeQuery()) {
            return row.next();
        }
    }

    private List<String> said(String id) {
        return reader.query("SELECT record FROM sessions WHERE id = ?", row -> row.getString(1), id);
    }

    private CompletableFuture<Void> sure(Work work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        writer.writeForSure(new Write(work, true, () -> done.complete(null), null));
        return done;
    }

    private CompletableFuture<Void> maybe(String id) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        writer.write(new Write(says(id, "maybe"), true, () -> done.complete(null), done::completeExceptionally,
                statements -> holds(statements, id)));
        return done;
    }

    /** Holds the writer up, so that what follows comes together in one batch. */
    private CountDownLatch busy() {
        CountDownLatch free = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        var _ = sure(_ -> {
            begun.countDown();
            join(free);
        });
        join(begun);
        return free;
    }

    private static void join(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatFollowsAWriteThatTheStorageCouldNotTakeWaitsBehindIt() {
        CountDownLatch free = busy();
        AtomicInteger tries = new AtomicInteger();
        var _ = sure(statements -> statements.of("INSERT INTO heartbeat (one, at) VALUES (2, 2)").executeUpdate());
        var _ = sure(statements -> {
            // why: in the batch as a whole it is not reached, so that this is the try after the bad write was found
            if (tries.incrementAndGet() == 1) {
                throw new SQLException("the disk is away", "58030");
            }
            says("s", "old").run(statements);
        });
        CompletableFuture<Void> end = sure(says("s", "end"));
        free.countDown();
        end.orTimeout(20, TimeUnit.SECONDS).join();
        sure(says("other", "x")).join();
        Waiting.until(() -> writer.trouble() == null);
        assertThat(said("s")).containsExactly("end");
    }

    @Test
    void whatTheDatabaseRefusesFailsAloneAndTheOthersKeepTheirOrder() {
        CountDownLatch free = busy();
        var _ = sure(says("s", "first"));
        CompletableFuture<Void> bad = new CompletableFuture<>();
        writer.write(new Write(statements -> {
            says("s", "half of a bad one").run(statements);
            statements.of("INSERT INTO heartbeat (one, at) VALUES (2, 2)").executeUpdate();
        }, true, () -> bad.complete(null), bad::completeExceptionally));
        CompletableFuture<Void> good = sure(says("t", "second"));
        free.countDown();
        good.join();
        assertThat(said("s")).containsExactly("first");
        assertThatThrownBy(bad::join).hasCauseInstanceOf(RbeesException.class);
        assertThat(writer.trouble()).isNull();
    }

    /** Who waits for room holds no lock of the callbacks, as {@link StoreWriter#writeForSure} demands. */
    @Test
    void aFullQueueWithTheDatabaseAwayIsWorkedOffWhenItIsBack() throws InterruptedException {
        database.away = true;
        Object monitor = new Object();
        AtomicInteger done = new AtomicInteger();
        AtomicInteger turnedAway = new AtomicInteger();
        Runnable callback = () -> {
            synchronized (monitor) {
                done.incrementAndGet();
            }
            try {
                writer.write(new Write(says("from a callback", "x"), false, StoreWriterTest::nothing, null));
            } catch (RbeesException e) {
                turnedAway.incrementAndGet();
            }
        };
        List<Thread> waiting = List.of(burst(callback), burst(callback));
        Waiting.until(() -> waiting.stream().allMatch(one -> one.getState() == Thread.State.TIMED_WAITING));
        synchronized (monitor) {
            database.away = false;
            Waiting.until(() -> !said("burst").isEmpty());
        }
        for (Thread one : waiting) {
            one.join(20_000);
            assertThat(one.isAlive()).isFalse();
        }
        Waiting.until(() -> done.get() == 6_000);
        assertThat(ended).isNotDone();
    }

    private Thread burst(Runnable callback) {
        return Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 3_000; i++) {
                writer.writeForSure(new Write(says("burst", "x"), false, callback, null));
            }
        });
    }

    @Test
    void neitherTheWriterNorAnEventLoopMayWait() {
        Write write = new Write(says("s", "x"), false, StoreWriterTest::nothing, null);
        AtomicReference<Throwable> refusal = new AtomicReference<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        writer.write(new Write(says("t", "x"), false, () -> {
            try {
                writer.writeForSure(write);
            } catch (IllegalStateException e) {
                refusal.set(e);
            }
            done.complete(null);
        }, null));
        done.join();
        assertThat(refusal.get()).hasMessageContaining("store-writer must not wait");
        eventLoop.set(true);
        assertThatThrownBy(() -> writer.writeForSure(write)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must not wait for the record");
    }

    @Test
    void anErrorInAWriteEndsTheProgramAndReleasesAllWhoWait() throws InterruptedException {
        CountDownLatch free = busy();
        var _ = sure(_ -> {
            throw new StackOverflowError("too deep");
        });
        AtomicReference<Throwable> told = new AtomicReference<>();
        Thread waits = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; i < 100; i++) {
                    writer.writeForSure(new Write(says("t", "x"), false, StoreWriterTest::nothing, null));
                }
            } catch (RbeesException e) {
                told.set(e);
            }
        });
        Waiting.until(() -> waits.getState() == Thread.State.TIMED_WAITING);
        free.countDown();
        assertThat(ended.orTimeout(20, TimeUnit.SECONDS).join().cause()).isInstanceOf(StackOverflowError.class);
        waits.join(20_000);
        assertThat(told.get()).isInstanceOf(RbeesException.class);
        assertThat(writer.trouble()).isNotNull();
        assertThatThrownBy(() -> writer.write(new Write(says("t", "x"), false, StoreWriterTest::nothing, null)))
                .isInstanceOf(RbeesException.class);
    }

    @Test
    void whatEscapesFromACallbackEndsTheProgram() {
        writer.write(new Write(says("s", "x"), true, () -> {
            throw new IllegalStateException("a fault of ours");
        }, null));
        assertThat(ended.orTimeout(20, TimeUnit.SECONDS).join().thread()).isEqualTo("store-writer");
        assertThat(said("s")).hasSize(1);
    }

    @Test
    void aCommitWhoseAnswerWasLostIsLookedUpAndHasHappened() {
        database.next = Commit.ANSWER_LOST;
        maybe("s").orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(said("s")).hasSize(1);
    }

    @Test
    void aCommitThatWasLostItselfHasFailed() {
        database.next = Commit.REQUEST_LOST;
        CompletableFuture<Void> insert = maybe("s");
        assertThatThrownBy(() -> insert.orTimeout(20, TimeUnit.SECONDS).join()).isInstanceOfSatisfying(
                CompletionException.class, failure -> assertThat(CommitUnknown.in(failure)).isFalse())
                .hasCauseInstanceOf(RbeesException.class);
        assertThat(said("s")).isEmpty();
    }

    @Test
    void aCommitThatNobodyCanLookUpIsSaidToBeUnknown() {
        database.next = Commit.ANSWER_LOST_FOR_LONG;
        CompletableFuture<Void> insert = maybe("s");
        CompletableFuture<Void> sure = sure(says("s", "later"));
        assertThatThrownBy(() -> insert.orTimeout(20, TimeUnit.SECONDS).join()).satisfies(failure -> {
            assertThat(CommitUnknown.in(failure)).isTrue();
            assertThat(failure.getCause()).isInstanceOfSatisfying(RbeesException.class,
                    told -> assertThat(told.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE));
        });
        assertThat(sure).isNotDone();
        database.away = false;
        sure.orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(said("s")).containsExactly("later");
    }

    @Test
    void inTroubleWhatCanFailFailsAtOnceAndAlsoWhatWaitsAlready() {
        CountDownLatch free = busy();
        database.away = true;
        CompletableFuture<Void> waiting = maybe("s");
        CompletableFuture<Void> sure = sure(says("t", "x"));
        free.countDown();
        assertThatThrownBy(() -> waiting.orTimeout(20, TimeUnit.SECONDS).join()).hasCauseInstanceOf(RbeesException.class);
        Waiting.until(() -> writer.trouble() != null);
        assertThatThrownBy(() -> maybe("u")).isInstanceOf(RbeesException.class);
        database.away = false;
        sure.orTimeout(20, TimeUnit.SECONDS).join();
        maybe("u").orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(said("s")).isEmpty();
    }

    @Test
    void nobodyElseTouchesTheConnection() {
        AtomicReference<Statements> leaked = new AtomicReference<>();
        sure(leaked::set).join();
        assertThatThrownBy(() -> Objects.requireNonNull(leaked.get()).of("SELECT 1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("store-writer");
    }

    @Test
    void closingWritesWhatWasHandedInAndDoesNotWaitForeverForADatabaseThatIsAway() {
        var _ = sure(says("s", "x"));
        writer.close();
        assertThat(said("s")).hasSize(1);
        assertThatThrownBy(() -> sure(says("s", "y"))).isInstanceOf(RbeesException.class);
    }

    @Test
    void closingGivesUpWhenTheDatabaseStaysAway() {
        database.away = true;
        CompletableFuture<Void> sure = sure(says("s", "x"));
        writer.close();
        assertThat(sure).isNotDone();
        assertThat(ended).isNotDone();
    }
}

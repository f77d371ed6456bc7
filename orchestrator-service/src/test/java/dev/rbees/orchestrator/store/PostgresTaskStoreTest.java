package dev.rbees.orchestrator.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.store.TaskStore.Insertion;
import dev.rbees.orchestrator.store.TaskStore.NewTask;
import dev.rbees.orchestrator.testing.PostgresServer;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The record in a real server. */
class PostgresTaskStoreTest extends RetentionContract {

    private static PostgresServer server;
    private PostgresAddress address;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    @Override
    void open() {
        address = server.createDatabase();
        super.open();
    }

    @Override
    void reopen() {
        store.close();
        store = openStore();
    }

    @Override
    TaskStore openStore() {
        return SqlTaskStore.open(new RbeesHome(folder.resolve("home")), Optional.of(address), Leading.ALONE, upkeep());
    }

    @Test
    void twoCannotWriteAtTheSameTime() {
        assertThatThrownBy(this::openStore).isInstanceOfSatisfying(RbeesException.class, failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.CONFLICT);
            assertThat(failure.userMessage()).contains("another rbees-orcd leads");
        });
        reopen();
        assertThat(insert("t1", null, DIGEST)).isInstanceOf(Insertion.Inserted.class);
    }

    @Test
    void whoeverOpensTheRecordLeadsAndTheOthersSeeIt() {
        store.close();
        store = SqlTaskStore.open(new RbeesHome(folder.resolve("home")), Optional.of(address),
                new Leading("http://a:1", () -> {
                }), Upkeep.USUAL);
        try (Leadership others = Leadership.at(address, new RbeesHome(folder.resolve("home")))) {
            assertThat(others.leader()).contains("http://a:1");
            store.close();
            assertThat(others.leader()).isEmpty();
        } finally {
            store = openStore();
        }
    }

    @Test
    void aLeaderWhoseBeatHasStoppedLosesItsLeadAndHearsOfIt() throws SQLException {
        store.close();
        CompletableFuture<Boolean> deposed = new CompletableFuture<>();
        SqlTaskStore old = SqlTaskStore.open(new RbeesHome(folder.resolve("home")), Optional.of(address),
                new Leading("http://a:1", () -> deposed.complete(true)), Upkeep.USUAL);
        try (Leadership others = Leadership.at(address, new RbeesHome(folder.resolve("home")));
                Connection connection = DriverManager.getConnection(address.jdbcUrl(), address.user(), "");
                Statement statement = connection.createStatement()) {
            // why: its beat comes again within a second, and would be in time
            statement.execute("UPDATE leader SET beat = now() - interval '1 hour'");
            assertThat(others.leader()).isEmpty();
            store = openStore();
        }
        assertThat(deposed.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
        assertThat(insert("t1", null, DIGEST)).isInstanceOf(Insertion.Inserted.class);
        assertThatThrownBy(() -> old.insert(new NewTask(task("t2"), SECRET, DIGEST, null)).join())
                .hasCauseInstanceOf(RbeesException.class);
        old.close();
    }

    @Test
    void whoHasAnotherKeyForPromptsCannotTakeOver() {
        store.close();
        try {
            assertThatThrownBy(() -> SqlTaskStore.open(new RbeesHome(folder.resolve("stranger")), Optional.of(address)))
                    .hasMessageContaining("there is no " + folder.resolve("stranger/keys/prompts.key"));
            assertThat(folder.resolve("stranger/keys/prompts.key")).as("none is made that would be the wrong one")
                    .doesNotExist();
            PromptVault.open(new RbeesHome(folder.resolve("other")));
            assertThatThrownBy(() -> SqlTaskStore.open(new RbeesHome(folder.resolve("other")), Optional.of(address)))
                    .hasMessageContaining("encrypted with another key");
        } finally {
            store = openStore();
        }
    }

    @Test
    void whoHasAnotherKeyForPromptsDoesNotEvenStandBy() {
        for (String home : new String[] {"stranger", "other"}) {
            if (home.equals("other")) {
                PromptVault.open(new RbeesHome(folder.resolve(home)));
            }
            assertThatThrownBy(() -> Leadership.at(address, new RbeesHome(folder.resolve(home))).close())
                    .isInstanceOfSatisfying(RbeesException.class, failure -> {
                        assertThat(failure.code()).isEqualTo(ErrorCode.FORBIDDEN);
                        assertThat(failure.userMessage()).contains("copy keys/prompts.key of the RBEES_HOME");
                    });
        }
    }

    @Test
    void aServerThatWasAwayLosesNothing() {
        insert("t1", null, DIGEST);
        append("t1", 1, "queued");
        server.restart();
        append("t1", 2, "started");
        Waiting.until(() -> store.trouble().isEmpty());
        assertThat(insert("t2", null, DIGEST)).isInstanceOf(Insertion.Inserted.class);
        assertThat(events("t1")).hasSize(2);
    }

    @Test
    void anInsertionWhoseAnswerWasLostIsLookedUp() {
        store.close();
        try (CuttingProxy proxy = new CuttingProxy(address.port())) {
            store = SqlTaskStore.open(new RbeesHome(folder.resolve("home")), Optional.of(proxy.address(address)));
            insert("t1", null, DIGEST);
            proxy.cutAnswerOfCommitAfter("INSERT INTO tasks");
            assertThat(insert("t2", "key", DIGEST)).isInstanceOf(Insertion.Inserted.class);
            assertThat(proxy.cuts()).isEqualTo(1);
            Waiting.until(() -> store.trouble().isEmpty());
            assertThat(insert("t3", "key", DIGEST)).isEqualTo(new Insertion.SeenBefore(task("t2")));
            proxy.cutCommitAfter("INSERT INTO tasks");
            assertThatThrownBy(() -> insert("t4", null, DIGEST)).hasCauseInstanceOf(RbeesException.class)
                    .satisfies(failure -> assertThat(CommitUnknown.in(failure)).isFalse());
            assertThat(proxy.cuts()).isEqualTo(2);
            assertThat(store.find("t4")).isEmpty();
            reopen();
        }
        assertThat(unfinished()).extracting(left -> left.task().id()).containsExactly("t1", "t2");
    }

    /** The network has broken without a word to the server, which goes on to believe in the connection. */
    @Test
    void aConnectionOfOursThatTheServerStillBelievesInDoesNotLockUsOut() throws SQLException {
        store.close();
        PostgresDatabase database = PostgresDatabase.prepare(address, "http://a:1");
        try (Connection forgotten = database.connectWriter()) {
            assertThatThrownBy(() -> PostgresDatabase.prepare(address, "http://b:1").connectWriter())
                    .hasMessageContaining("another rbees-orcd leads");
            assertThat(forgotten.isValid(5)).isTrue();
            try (Connection again = database.connectWriter()) {
                assertThat(again.isValid(5)).isTrue();
                assertThat(forgotten.isValid(5)).isFalse();
            }
        } finally {
            store = openStore();
        }
    }

    @Test
    void commitsWaitForTheDiskWhateverTheDatabaseSays() throws SQLException {
        store.close();
        sql("ALTER DATABASE " + address.database() + " SET synchronous_commit = off");
        assertThat(synchronousCommit()).isEqualTo("on");
        sql("ALTER DATABASE " + address.database() + " SET synchronous_commit = remote_apply");
        assertThat(synchronousCommit()).isEqualTo("remote_apply");
        sql("ALTER DATABASE " + address.database() + " RESET synchronous_commit");
        store = openStore();
    }

    private String synchronousCommit() throws SQLException {
        try (Connection writer = PostgresDatabase.prepare(address, "").connectWriter();
                Statement statement = writer.createStatement();
                ResultSet row = statement.executeQuery("SHOW synchronous_commit")) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void aServerThatDoesNotForceItsDiskIsRefused() throws SQLException {
        store.close();
        try {
            sql("ALTER SYSTEM SET fsync = off");
            sql("SELECT pg_reload_conf()");
            Waiting.until(() -> "off".equals(setting("fsync")));
            assertThatThrownBy(this::openStore).isInstanceOf(RbeesException.class).hasMessageContaining("set fsync = on");
        } finally {
            sql("ALTER SYSTEM RESET fsync");
            sql("SELECT pg_reload_conf()");
            Waiting.until(() -> "on".equals(setting("fsync")));
            store = openStore();
        }
    }

    private String setting(String name) {
        try (Connection connection = DriverManager.getConnection(address.jdbcUrl(), address.user(), "");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW " + name)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void sql(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(address.jdbcUrl(), address.user(), "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void whereNoServerAnswersIsAClearRefusal() {
        PostgresAddress nowhere = PostgresAddress.parse("postgresql://rbees@127.0.0.1:1/rbees").orElseThrow();
        assertThatThrownBy(() -> SqlTaskStore.open(new RbeesHome(folder.resolve("other")), Optional.of(nowhere)))
                .isInstanceOfSatisfying(RbeesException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
                    assertThat(failure.userMessage()).contains("rbees of 127.0.0.1:1", "nothing listens at 127.0.0.1:1");
                });
    }
}

package dev.rbees.orchestrator.store;

import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.store.TaskStore.Insertion;
import dev.rbees.orchestrator.testing.PostgresServer;
import dev.rbees.orchestrator.testing.RunningOrchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The record in a real server. */
class PostgresTaskStoreTest extends TaskStoreContract {

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
        return SqlTaskStore.open(new RbeesHome(folder.resolve("home")), Optional.of(address));
    }

    @Test
    void twoCannotWriteAtTheSameTime() {
        assertThatThrownBy(this::openStore).isInstanceOfSatisfying(RbeesException.class, failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.CONFLICT);
            assertThat(failure.userMessage()).contains("another rbees-orcd uses");
        });
        reopen();
        assertThat(insert("t1", null, DIGEST)).isEqualTo(new Insertion.Inserted());
    }

    @Test
    void aServerThatWasAwayLosesNothing() {
        insert("t1", null, DIGEST);
        append("t1", 1, "queued");
        server.restart();
        append("t1", 2, "started");
        RunningOrchestrator.await(() -> store.trouble().isEmpty());
        assertThat(insert("t2", null, DIGEST)).isEqualTo(new Insertion.Inserted());
        assertThat(store.events("t1")).hasSize(2);
    }

    @Test
    void whereNoServerAnswersIsAClearRefusal() {
        PostgresAddress nowhere = PostgresAddress.parse("postgresql://rbees@127.0.0.1:1/rbees").orElseThrow();
        assertThatThrownBy(() -> SqlTaskStore.open(new RbeesHome(folder.resolve("other")), Optional.of(nowhere)))
                .isInstanceOfSatisfying(RbeesException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
                    assertThat(failure.userMessage()).contains("rbees of 127.0.0.1:1", "does the server run");
                });
    }
}

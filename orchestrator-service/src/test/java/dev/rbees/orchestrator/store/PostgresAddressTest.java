package dev.rbees.orchestrator.store;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PostgresAddressTest {

    @Test
    void hasDefaults() {
        assertThat(PostgresAddress.parse("postgresql://db/tasks"))
                .contains(new PostgresAddress("db", 5432, "tasks", "rbees"));
        assertThat(PostgresAddress.parse("postgres://anna@10.0.0.2:6000/tasks"))
                .contains(new PostgresAddress("10.0.0.2", 6000, "tasks", "anna"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tasks", "postgresql://db", "postgresql://db/", "mysql://db/tasks", "postgresql:///tasks",
        "postgresql://anna:secret@db/tasks", "postgresql://db/tasks?password=secret", "postgresql://db/a/b",
        "postgresql://db/a b"})
    void refusesOtherFormsAndPasswords(String text) {
        assertThat(PostgresAddress.parse(text)).isEmpty();
    }
}

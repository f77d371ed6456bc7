package dev.rbees.service;

import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.rbees.cli.UsageException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** {@code RBEES_LOG_FORMAT}. */
class LogFormatTest {

    @Test
    void isTextUnlessJsonIsAskedFor() {
        assertThat(LogFormat.of(Map.of())).isEqualTo(LogFormat.TEXT);
        assertThat(LogFormat.of(Map.of("RBEES_LOG_FORMAT", "text"))).isEqualTo(LogFormat.TEXT);
        assertThat(LogFormat.of(Map.of("RBEES_LOG_FORMAT", "json"))).isEqualTo(LogFormat.JSON);
    }

    @Test
    void refusesAnythingElse() {
        assertThatThrownBy(() -> LogFormat.of(Map.of("RBEES_LOG_FORMAT", "xml"))).isInstanceOf(UsageException.class)
                .hasMessageContaining("text or json");
    }

    @Test
    void theConfigurationsAreThere() {
        for (LogFormat format : LogFormat.values()) {
            assertThat(getClass().getResource("/" + format.location().replace("classpath:", ""))).isNotNull();
        }
    }
}

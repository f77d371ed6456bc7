package dev.rbees.orchestrator.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

import org.junit.jupiter.api.Test;

import dev.rbees.api.task.TaskState;

import static org.assertj.core.api.Assertions.assertThat;

/** docs/TASK_STATES.md is what the table says; {@code -Ddocs.update=true} writes it anew. */
class TaskStatesPageTest {

    private static final Path PAGE = Path.of("../docs/TASK_STATES.md");

    @Test
    void thePageShowsTheTable() throws IOException {
        String page = page();
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).as("mvn test -pl orchestrator-service -am -Dtest=TaskStatesPageTest -Ddocs.update=true"
                + " -Dsurefire.failIfNoSpecifiedTests=false writes it").hasContent(page);
    }

    private static String page() {
        StringBuilder page = new StringBuilder(
                """
                # The states of a task

                Generated from `TransitionTable` by `TaskStatesPageTest`; do not edit. What is not here cannot happen.

                ```mermaid
                stateDiagram-v2
                    [*] --> QUEUED: accepted, and on the disk
                """);
        for (TaskState from : TaskState.values()) {
            for (Move move : Move.values()) {
                TransitionTable.next(from, move).ifPresent(to -> page.append("    ").append(from).append(" --> ").append(to)
                        .append(": ").append(move.name().toLowerCase(Locale.ROOT)).append('\n'));
            }
            if (from.terminal()) {
                page.append("    ").append(from).append(" --> [*]\n");
            }
        }
        page.append("```\n\n| move | what happens |\n| --- | --- |\n");
        for (Move move : Move.values()) {
            page.append("| ").append(move.name().toLowerCase(Locale.ROOT)).append(" | ").append(move.meaning())
                    .append(" |\n");
        }
        return page.toString();
    }
}

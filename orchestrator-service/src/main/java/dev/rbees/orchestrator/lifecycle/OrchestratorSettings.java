package dev.rbees.orchestrator.lifecycle;

import java.util.List;
import java.util.Map;

import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.UsageException;
import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;
import dev.rbees.service.Daemon;

/**
 * How an orchestrator runs.
 *
 * @param port to listen on
 * @param queueCapacity tasks that may wait at a time
 * @param home folder of all state
 */
public record OrchestratorSettings(int port, int queueCapacity, RbeesHome home) implements Daemon.Listening {

    private static final int DEFAULT_PORT = 8080;
    private static final int DEFAULT_CAPACITY = 100;
    private static final int MAX_CAPACITY = 10_000;
    private static final String HOME_MODE = "home";

    /** What the program takes. */
    public static final CommandSpec SPEC = new CommandSpec("",
            "Admits tasks, queues them, gives them to workers and relays their answers. Listens on 127.0.0.1 only.",
            List.of(),
            List.of(OptionSpec.optional("port", "number", "port to listen on (default: " + DEFAULT_PORT + ")"),
                    OptionSpec.optional("queue-capacity", "number",
                            "tasks that may wait at a time (default: " + DEFAULT_CAPACITY + ")"),
                    OptionSpec.flag("version", "show the version")),
            List.of("rbees-orcd --port 8080"));

    /** @throws UsageException when a value is wrong */
    public static OrchestratorSettings of(CommandLine line, Map<String, String> environment) {
        String mode = environment.getOrDefault(Environment.MODE, HOME_MODE);
        if (!mode.isBlank() && !mode.equals(HOME_MODE)) {
            throw new UsageException(
                    Environment.MODE + "=" + mode + " is not supported by this version of rbees; only home is");
        }
        return new OrchestratorSettings(line.integer("port", 1, 65535).orElse(DEFAULT_PORT),
                line.integer("queue-capacity", 1, MAX_CAPACITY).orElse(DEFAULT_CAPACITY), RbeesHome.of(environment));
    }

    /** why: without a token nobody but this machine may reach it. */
    @Override
    public String bind() {
        return "127.0.0.1";
    }
}

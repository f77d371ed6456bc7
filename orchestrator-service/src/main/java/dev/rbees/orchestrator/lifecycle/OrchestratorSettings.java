package dev.rbees.orchestrator.lifecycle;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.rbees.api.error.Suggestion;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.queue.FullQueue;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.service.Daemon;

/**
 * How an orchestrator runs.
 *
 * @param port to listen on
 * @param queueCapacity tasks that may wait at a time
 * @param fullQueue what happens to a new task when so many wait
 * @param policy by what workers are chosen
 * @param home folder of all state
 */
public record OrchestratorSettings(int port, int queueCapacity, FullQueue fullQueue, Policy policy, RbeesHome home)
        implements
            Daemon.Listening {

    private static final int DEFAULT_PORT = 8080;
    private static final int DEFAULT_CAPACITY = 100;
    private static final int MAX_CAPACITY = 10_000;
    private static final int UNBOUNDED = -1;
    private static final String HOME_MODE = "home";

    /** What the program takes. */
    public static final CommandSpec SPEC = new CommandSpec("",
            "Admits tasks, queues them, gives them to workers and relays their answers. Listens on 127.0.0.1 only.",
            List.of(),
            List.of(OptionSpec.optional("port", "number", "port to listen on (default: " + DEFAULT_PORT + ")"),
                    OptionSpec.optional("queue-capacity", "number",
                            "tasks that may wait at a time, -1 for any number (default: " + DEFAULT_CAPACITY + ")"),
                    OptionSpec.optional("queue-full", "policy", "what happens to a new task then: "
                            + names(FullQueue.values(), FullQueue::optionName) + " (default: reject)"),
                    OptionSpec.optional("scheduling", "policy", "by what a worker is chosen: "
                            + names(Policy.values(), Policy::optionName) + " (default: least-loaded)"),
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
                capacity(line), named(line, "queue-full", FullQueue.REJECT, FullQueue.values(), FullQueue::optionName),
                named(line, "scheduling", Policy.LEAST_LOADED, Policy.values(), Policy::optionName),
                RbeesHome.of(environment));
    }

    private static int capacity(CommandLine line) {
        int capacity = line.integer("queue-capacity", UNBOUNDED, MAX_CAPACITY).orElse(DEFAULT_CAPACITY);
        if (capacity == 0) {
            throw new UsageException("--queue-capacity must be 1 to " + MAX_CAPACITY + ", or -1 for any number");
        }
        return capacity == UNBOUNDED ? Integer.MAX_VALUE : capacity;
    }

    private static <E> String names(E[] values, Function<E, String> name) {
        return Arrays.stream(values).map(name).collect(Collectors.joining(", "));
    }

    private static <E> E named(CommandLine line, String option, E absent, E[] values, Function<E, String> name) {
        String word = line.option(option).orElse(name.apply(absent));
        return Arrays.stream(values).filter(value -> name.apply(value).equals(word)).findFirst()
                .orElseThrow(() -> new UsageException("--" + option + " must be one of " + names(values, name) + " (got '"
                        + Printable.text(word) + "')"
                        + Suggestion.sentence(word, Arrays.stream(values).map(name).toList())));
    }

    /** why: without a token nobody but this machine may reach it. */
    @Override
    public String bind() {
        return "127.0.0.1";
    }
}

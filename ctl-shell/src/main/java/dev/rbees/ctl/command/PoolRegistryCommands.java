package dev.rbees.ctl.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.error.Suggestion;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.api.pool.PoolView;
import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.ctl.client.OrchestratorPools;
import dev.rbees.ctl.command.PoolListing.Row;
import dev.rbees.home.Environment;
import dev.rbees.remote.PoolsFile;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.render.OutputFormat;

/** {@code pool list}, {@code pool show} and {@code pool unregister}. */
record PoolRegistryCommands(PoolsFile file, Console console) {

    private static final ArgumentSpec ID = new ArgumentSpec("id", "a pool's id, as 'pool list' shows it")
            .among(Candidates.HOSTS);
    private static final OptionSpec OFFLINE = OptionSpec.flag("offline", "only what is registered here; ask no orchestrator");

    private static final CommandSpec LIST = new CommandSpec("pool list",
            "List the pools that are registered, and how the orchestrator sees them when there is one", List.of(),
            Orchestrators.and(OFFLINE, OutputFormat.OPTION), List.of("rbees pool list", "rbees pool list --offline -o name"));
    private static final CommandSpec SHOW = new CommandSpec("pool show", "Show all that is known of a pool", List.of(ID),
            Orchestrators.and(OFFLINE, OutputFormat.OPTION), List.of("rbees pool show cellar --output yaml"));
    private static final CommandSpec UNREGISTER = new CommandSpec("pool unregister",
            "Forget a pool, here and at the orchestrator; nothing changes on the machine itself", List.of(ID),
            Orchestrators.and(OptionSpec.flag("offline", "only here; tell no orchestrator")),
            List.of("rbees pool unregister cellar"));

    /** In the order of the help. */
    List<ShellCommand> all() {
        return List.of(new ShellCommand(LIST, this::list), new ShellCommand(SHOW, this::show),
                new ShellCommand(UNREGISTER, this::unregister));
    }

    private int list(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        List<Row> rows = rows(line);
        PoolListing.PRINTED.print(console.out(), format, rows);
        if (rows.isEmpty()) {
            console.say("No pools; 'rbees pool register <id> --host <host>' registers one.");
        }
        return ExitCode.OK.code();
    }

    private int show(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        List<Row> rows = rows(line);
        Row row = rows.stream().filter(pool -> pool.id().equals(line.argument(0))).findFirst()
                .orElseThrow(() -> notFound(line.argument(0), rows.stream().map(Row::id).toList()));
        PoolListing.PRINTED.printDetails(console.out(), format, row);
        return ExitCode.OK.code();
    }

    private int unregister(CommandLine line) {
        String id = Ids.require("id", line.argument(0));
        boolean here = file.remove(id);
        if (here) {
            console.say("took " + id + " out of " + file.file());
        }
        if (line.flag(OFFLINE.name())) {
            return known(id, here, ExitCode.OK.code());
        }
        AtomicBoolean there = new AtomicBoolean();
        int code = new OrchestratorNews(console).tell(line, pools -> {
            there.set(unregistered(pools, id));
            return there.get();
        }, "took " + id + " out of the orchestrator's pools", "'rbees pool unregister " + id + "' tells it later");
        return there.get() ? code : known(id, here, code);
    }

    /** @param code to give when it was registered here */
    private int known(String id, boolean here, int code) {
        if (!here) {
            throw notFound(id, file.read().stream().map(PoolRegistration::id).toList());
        }
        return code;
    }

    private static boolean unregistered(OrchestratorPools pools, String id) {
        try {
            pools.unregister(id);
            return true;
        } catch (RbeesException e) {
            if (e.code() == ErrorCode.POOL_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /** Those of the file, in its order, then those that only the orchestrator knows. */
    private List<Row> rows(CommandLine line) {
        Map<String, PoolView> views = new LinkedHashMap<>();
        if (!line.flag(OFFLINE.name())) {
            views(line).forEach(view -> views.put(view.id(), view));
        }
        List<Row> rows = new ArrayList<>();
        file.read().forEach(pool -> rows.add(Row.of(pool, views.remove(pool.id()))));
        views.values().forEach(view -> rows.add(Row.of(view)));
        return rows;
    }

    /** why: most who have no orchestrator have not named one either, and need not be told that it does not answer. */
    private List<PoolView> views(CommandLine line) {
        try {
            return Orchestrators.pools(line, console.environment()).list();
        } catch (RbeesException e) {
            if (line.option(Orchestrators.OPTION.name()).isPresent() || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            if (!console.environment().getOrDefault(Environment.ORCHESTRATOR_URL, "").isBlank()) {
                console.say("warning: the orchestrator does not say how they are: " + Printable.line(e.userMessage()));
            }
            return List.of();
        }
    }

    private static RbeesException notFound(String id, List<String> known) {
        return new RbeesException(ErrorCode.POOL_NOT_FOUND, "no pool '" + Printable.text(id) + "' is registered"
                + Suggestion.sentence(id, known) + (known.isEmpty() ? "" : "; 'rbees pool list' lists those that are"));
    }
}

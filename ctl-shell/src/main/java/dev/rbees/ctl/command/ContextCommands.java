package dev.rbees.ctl.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ExitCode;
import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.ctl.context.Contexts;
import dev.rbees.ctl.context.OrchestratorContext;
import dev.rbees.home.ApiToken;
import dev.rbees.home.CaFile;
import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.client.Addresses;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;
import dev.rbees.shell.render.OutputFormat;

/** {@code context …}: which orchestrator is meant where nobody says it. */
final class ContextCommands {

    private static final ArgumentSpec NAME = new ArgumentSpec("name", "a context, as 'context list' shows it");
    private static final OptionSpec TOKEN_FILE = OptionSpec.optional("token-file", "path",
            "file with the token that it is shown; the token itself is not copied (default: RBEES_API_TOKEN_FILE)")
            .among(Candidates.FILES);

    private static final CommandSpec LIST = new CommandSpec("context list", "List the orchestrators that have a name here",
            List.of(), List.of(OutputFormat.OPTION), List.of("rbees context list"));
    private static final CommandSpec SHOW = new CommandSpec("context show",
            "Show a context, or which orchestrator commands talk to now, and who said so", List.of(NAME.orNot()),
            List.of(OutputFormat.OPTION), List.of("rbees context show", "rbees context show lab --output json"));
    private static final CommandSpec USE = new CommandSpec("context use",
            "Have commands talk to this orchestrator, unless they or RBEES_ORCHESTRATOR_URL name another", List.of(NAME),
            List.of(), List.of("rbees context use lab"));
    private static final CommandSpec SET = new CommandSpec("context set",
            "Give an orchestrator a name, or a name another one",
            List.of(new ArgumentSpec("name", "what to call it")),
            List.of(OptionSpec.required("orchestrator", "urls", "its address; several of a cluster with commas"), TOKEN_FILE,
                    Orchestrators.CA_FILE),
            List.of("rbees context set lab --orchestrator https://blep:8080 --token-file ~/.rbees/lab-token --ca-file lab.pem"));
    private static final CommandSpec DELETE = new CommandSpec("context delete", "Forget a context; its files stay",
            List.of(NAME), List.of(), List.of("rbees context delete lab"));

    private static final Listing<Row> TABLE = new Listing<>(row -> String.valueOf(row.name()), List.of(
            Column.text("NAME", Row::name),
            Column.word("CURRENT", row -> row.current() ? "yes" : null),
            Column.text("ORCHESTRATOR", Row::orchestrator),
            Column.text("TOKEN FILE", Row::tokenFile),
            Column.text("CA FILE", Row::caFile)));

    private static final Listing<Effective> EFFECTIVE = new Listing<>(
            shown -> shown.context() == null ? shown.orchestrator() : shown.context(), List.of(
                    Column.text("ORCHESTRATOR", Effective::orchestrator),
                    Column.text("CONTEXT", Effective::context),
                    Column.text("SAID BY", Effective::saidBy),
                    Column.text("TOKEN FILE", Effective::tokenFile),
                    Column.text("CA FILE", Effective::caFile)));

    private final Console console;
    private final Contexts contexts;

    /** A context, and whether it is the current one. */
    private record Row(String name, boolean current, String orchestrator, @Nullable String tokenFile,
            @Nullable String caFile) {}

    /** What commands talk to now, and who said so. */
    private record Effective(String orchestrator, @Nullable String context, String saidBy, @Nullable String tokenFile,
            @Nullable String caFile) {}

    ContextCommands(Console console, RbeesHome home) {
        this.console = console;
        this.contexts = new Contexts(home);
    }

    /** In the order of the help. */
    List<ShellCommand> all() {
        return List.of(new ShellCommand(LIST, this::list), new ShellCommand(SHOW, this::show),
                new ShellCommand(USE, this::use), new ShellCommand(SET, this::set), new ShellCommand(DELETE, this::delete));
    }

    private int list(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        List<Row> rows = rows();
        TABLE.print(console.out(), format, rows);
        if (rows.isEmpty()) {
            console.say("No contexts; 'rbees context set' gives an orchestrator a name.");
        }
        return ExitCode.OK.code();
    }

    private List<Row> rows() {
        Optional<String> current = contexts.currentName();
        return contexts.all().stream().map(context -> row(context, current)).toList();
    }

    private static Row row(OrchestratorContext context, Optional<String> current) {
        return new Row(context.name(), current.filter(context.name()::equals).isPresent(), context.orchestrator(),
                context.tokenFile(), context.caFile());
    }

    private int show(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        if (line.argumentIfGiven(0).isPresent()) {
            OrchestratorContext named = contexts.require(line.argument(0));
            TABLE.printDetails(console.out(), format, row(named, contexts.currentName()));
        } else {
            EFFECTIVE.printDetails(console.out(), format, effective(line));
        }
        return ExitCode.OK.code();
    }

    private Effective effective(CommandLine line) {
        Orchestrators.Target target = Orchestrators.target(line, console.environment());
        Optional<OrchestratorContext> context = target.context();
        return new Effective(target.urls(), context.map(OrchestratorContext::name).orElse(null), target.source(),
                context.map(OrchestratorContext::tokenFile)
                        .orElseGet(() -> console.environment().get(Environment.API_TOKEN_FILE)),
                context.map(OrchestratorContext::caFile)
                        .orElseGet(() -> Environment.caFile(console.environment()).orElse(null)));
    }

    private int use(CommandLine line) {
        String name = line.argument(0);
        contexts.use(name);
        console.say("commands talk to " + contexts.require(name).orchestrator() + " now");
        if (!console.environment().getOrDefault(Environment.ORCHESTRATOR_URL, "").isBlank()) {
            console.say("warning: " + Environment.ORCHESTRATOR_URL + " is set and comes first; unset it");
        }
        return ExitCode.OK.code();
    }

    private int set(CommandLine line) {
        String name = Ids.require("name", line.argument(0));
        String orchestrator = line.option("orchestrator").orElseThrow();
        Addresses.webs(orchestrator, "--orchestrator");
        Optional<String> token = line.option(TOKEN_FILE.name()).map(ContextCommands::absolute);
        Optional<String> authorities = line.option(Orchestrators.CA_FILE.name()).map(ContextCommands::absolute);
        // why: what does not work is told now, and not by the next command
        token.ifPresent(file -> ApiToken.read(Path.of(file)));
        authorities.ifPresent(file -> new CaFile(file).context());
        contexts.set(new OrchestratorContext(name, orchestrator, token.orElse(null), authorities.orElse(null)));
        if (contexts.currentName().filter(name::equals).isEmpty()) {
            console.say("'rbees context use " + name + "' has commands talk to it");
        }
        return ExitCode.OK.code();
    }

    private static String absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize().toString();
    }

    private int delete(CommandLine line) {
        String name = line.argument(0);
        boolean current = contexts.currentName().filter(name::equals).isPresent();
        contexts.delete(name);
        if (current) {
            console.say("no context is the current one now; 'rbees context use' chooses another");
        }
        return ExitCode.OK.code();
    }
}

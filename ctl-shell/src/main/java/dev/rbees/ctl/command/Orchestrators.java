package dev.rbees.ctl.command;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.UsageException;
import dev.rbees.ctl.client.Orchestrator;
import dev.rbees.ctl.client.OrchestratorPools;
import dev.rbees.ctl.context.Contexts;
import dev.rbees.ctl.context.OrchestratorContext;
import dev.rbees.home.ApiToken;
import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;
import dev.rbees.shell.client.Credentials;

/** Which orchestrator a command talks to. */
final class Orchestrators {

    static final OptionSpec OPTION = OptionSpec.optional("orchestrator", "urls",
            "the orchestrator; several of a cluster with commas (default: RBEES_ORCHESTRATOR_URL, else the current context, else "
                    + Environment.DEFAULT_ORCHESTRATOR_URL + ")");
    static final OptionSpec CONTEXT = OptionSpec.optional("context", "name",
            "one of the orchestrators that 'context list' shows, instead of the current one");
    static final OptionSpec CA_FILE = OptionSpec.optional("ca-file", "path",
            "certificates (PEM) that are trusted beside the system's (default: RBEES_CA_FILE)").among(Candidates.FILES);

    private Orchestrators() {}

    /** The options of a command that talks to an orchestrator: its own, and these. */
    static List<OptionSpec> and(OptionSpec... own) {
        return Stream.concat(Stream.of(own), Stream.of(OPTION, CONTEXT, CA_FILE)).toList();
    }

    static Orchestrator of(CommandLine line, Map<String, String> environment) {
        Target target = target(line, environment);
        return new Orchestrator(target.urls(), credentials(target, line, environment));
    }

    /** The pools of that orchestrator. */
    static OrchestratorPools pools(CommandLine line, Map<String, String> environment) {
        Target target = target(line, environment);
        return new OrchestratorPools(target.urls(), credentials(target, line, environment));
    }

    /** The same, for who does not wait for its events. */
    static Orchestrator of(CommandLine line, Map<String, String> environment, Duration patience) {
        Target target = target(line, environment);
        return new Orchestrator(target.urls(), credentials(target, line, environment), patience);
    }

    /**
     * Which orchestrator is meant: the one of the command line, else of the environment, else of the current context, else the usual
     * one.
     */
    static Target target(CommandLine line, Map<String, String> environment) {
        Contexts contexts = new Contexts(RbeesHome.of(environment));
        Optional<String> url = line.option(OPTION.name());
        Optional<String> context = line.option(CONTEXT.name());
        if (url.isPresent() && context.isPresent()) {
            throw new UsageException("give --orchestrator or --context, not both");
        }
        if (url.isPresent()) {
            return new Target(url.get(), Optional.empty(), "--orchestrator");
        }
        if (context.isPresent()) {
            return of(contexts.require(context.get()), "--context");
        }
        if (!environment.getOrDefault(Environment.ORCHESTRATOR_URL, "").isBlank()) {
            return new Target(Environment.orchestratorUrls(environment), Optional.empty(), Environment.ORCHESTRATOR_URL);
        }
        return contexts.current().map(current -> of(current, "the current context"))
                .orElseGet(() -> new Target(Environment.DEFAULT_ORCHESTRATOR_URL, Optional.empty(), "the default"));
    }

    /**
     * An orchestrator, and who named it.
     *
     * @param urls its address, several of a cluster with commas
     * @param context where it has a name
     * @param source who named it
     */
    record Target(String urls, Optional<OrchestratorContext> context, String source) {}

    private static Target of(OrchestratorContext context, String source) {
        return new Target(context.orchestrator(), Optional.of(context), source);
    }

    /** why: the token of a context is only ever shown to the orchestrator of that context. */
    private static Credentials credentials(Target target, CommandLine line, Map<String, String> environment) {
        Optional<OrchestratorContext> context = target.context();
        return Credentials.of(
                context.flatMap(named -> Optional.ofNullable(named.tokenFile())).map(file -> ApiToken.read(Path.of(file)))
                        .or(() -> ApiToken.of(environment)),
                line.option(CA_FILE.name()).or(() -> context.flatMap(named -> Optional.ofNullable(named.caFile())))
                        .or(() -> Environment.caFile(environment)));
    }

    /** What an orchestrator of this machine is shown, and by what it is trusted. */
    static Credentials ofEnvironment(Map<String, String> environment) {
        return Credentials.of(ApiToken.of(environment), Environment.caFile(environment));
    }

    /** What a program is shown that is no orchestrator, and by what it is trusted. */
    static Credentials credentials(CommandLine line, Map<String, String> environment) {
        return Credentials.of(ApiToken.of(environment),
                line.option(CA_FILE.name()).or(() -> Environment.caFile(environment)));
    }
}

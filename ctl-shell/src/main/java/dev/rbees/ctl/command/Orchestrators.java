package dev.rbees.ctl.command;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.OptionSpec;
import dev.rbees.ctl.client.Orchestrator;
import dev.rbees.ctl.client.OrchestratorPools;
import dev.rbees.home.ApiToken;
import dev.rbees.home.Environment;
import dev.rbees.shell.client.Credentials;

/** Which orchestrator a command talks to. */
final class Orchestrators {

    static final OptionSpec OPTION = OptionSpec.optional("orchestrator", "urls",
            "the orchestrator; several of a cluster with commas (default: RBEES_ORCHESTRATOR_URL, else "
                    + Environment.DEFAULT_ORCHESTRATOR_URL + ")");
    static final OptionSpec CA_FILE = OptionSpec.optional("ca-file", "path",
            "certificates (PEM) that are trusted beside the system's (default: RBEES_CA_FILE)").among(Candidates.FILES);

    private Orchestrators() {}

    /** The options of a command that talks to an orchestrator: its own, and these. */
    static List<OptionSpec> and(OptionSpec... own) {
        return Stream.concat(Stream.of(own), Stream.of(OPTION, CA_FILE)).toList();
    }

    static Orchestrator of(CommandLine line, Map<String, String> environment) {
        return new Orchestrator(line.option(OPTION.name(), Environment.orchestratorUrls(environment)),
                credentials(line, environment));
    }

    /** The pools of the orchestrator that the command line or the environment names. */
    static OrchestratorPools pools(CommandLine line, Map<String, String> environment) {
        return new OrchestratorPools(line.option(OPTION.name(), Environment.orchestratorUrls(environment)),
                credentials(line, environment));
    }

    /** What a program is shown, and by what it is trusted. */
    static Credentials credentials(CommandLine line, Map<String, String> environment) {
        return Credentials.of(ApiToken.of(environment),
                line.option(CA_FILE.name()).or(() -> Environment.caFile(environment)));
    }
}

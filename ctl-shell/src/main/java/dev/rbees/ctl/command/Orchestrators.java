package dev.rbees.ctl.command;

import java.util.Map;

import dev.rbees.cli.CommandLine;
import dev.rbees.cli.OptionSpec;
import dev.rbees.ctl.client.Orchestrator;
import dev.rbees.home.ApiToken;
import dev.rbees.home.Environment;

/** Which orchestrator a command talks to. */
final class Orchestrators {

    static final OptionSpec OPTION = OptionSpec.optional("orchestrator", "url",
            "the orchestrator (default: RBEES_ORCHESTRATOR_URL, else " + Environment.DEFAULT_ORCHESTRATOR_URL + ")");

    private Orchestrators() {}

    static Orchestrator of(CommandLine line, Map<String, String> environment) {
        return new Orchestrator(line.option(OPTION.name(), Environment.orchestratorUrl(environment)),
                ApiToken.of(environment));
    }
}

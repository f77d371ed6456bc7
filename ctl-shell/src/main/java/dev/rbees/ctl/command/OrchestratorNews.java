package dev.rbees.ctl.command;

import java.util.function.Predicate;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.Printable;
import dev.rbees.ctl.client.OrchestratorPools;
import dev.rbees.shell.Console;

/** Tells the orchestrator, when there is one, what has become of a pool; that there is none is only said. */
record OrchestratorNews(Console console) {

    /**
     * Tells it.
     *
     * @param news whether something has changed there
     * @param done what to say when it has
     * @param later what to say when it has not
     * @return the exit code: that of the failure when the orchestrator was named on the command line, else 0
     */
    int tell(CommandLine line, Predicate<OrchestratorPools> news, String done, String later) {
        try {
            if (news.test(Orchestrators.pools(line, console.environment()))) {
                console.say(done);
            }
            return ExitCode.OK.code();
        } catch (RbeesException e) {
            if (e.code() == ErrorCode.CANCELLED || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            console.say("warning: the orchestrator was not told: " + Printable.line(e.userMessage()) + "; " + later);
            return line.option(Orchestrators.OPTION.name()).isPresent() ? e.code().exitCode().code() : ExitCode.OK.code();
        }
    }
}

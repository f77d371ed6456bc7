package dev.rbees.pool.command;

import java.nio.file.Path;
import java.util.List;

import dev.rbees.api.error.ExitCode;
import dev.rbees.cli.CommandLine;
import dev.rbees.pool.checkout.Checkout;
import dev.rbees.pool.checkout.CheckoutStatus;
import dev.rbees.pool.checkout.DevTools;
import dev.rbees.pool.checkout.DevTools.Tool;
import dev.rbees.shell.Console;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;
import dev.rbees.shell.render.OutputFormat;

/** {@code git …} and {@code dev …}. */
record CheckoutCommands(Checkout checkout, DevTools tools, Console console) {

    private static final int SHORT_COMMIT = 10;

    private static final Listing<CheckoutStatus> STATUS = new Listing<>(CheckoutStatus::commit, List.of(
            Column.text("BRANCH", CheckoutStatus::branch),
            Column.text("COMMIT", status -> status.commit().substring(0, Math.min(SHORT_COMMIT, status.commit().length()))),
            Column.text("UPSTREAM", CheckoutStatus::upstream),
            Column.number("AHEAD", CheckoutStatus::ahead),
            Column.number("BEHIND", CheckoutStatus::behind),
            Column.number("CHANGED", status -> status.changed().size()),
            Column.text("PATH", CheckoutStatus::path)));

    private static final Listing<Tool> TOOLS = new Listing<>(Tool::name, List.of(
            Column.text("TOOL", Tool::name),
            Column.word("STATUS", tool -> tool.present() ? "present" : "missing"),
            Column.text("PACKAGE", Tool::packageName),
            Column.text("FOR", Tool::purpose)));

    int status(CommandLine line) {
        STATUS.printOne(console.out(), OutputFormat.of(line), checkout.status());
        return ExitCode.OK.code();
    }

    int pull(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        STATUS.printOne(console.out(), format, checkout.pull());
        console.say("'rbees-pool git build' builds what is checked out");
        return ExitCode.OK.code();
    }

    int build(CommandLine line) {
        console.say("building; this takes some minutes");
        Path built = checkout.build();
        console.say("built " + built + "; programs that run go on with their old version until they are started again");
        return ExitCode.OK.code();
    }

    int setup(CommandLine line) {
        TOOLS.print(console.out(), OutputFormat.of(line), tools.tools());
        List<String> missing = tools.tools().stream().filter(tool -> !tool.present()).map(Tool::name).toList();
        if (missing.isEmpty()) {
            console.say("nothing is missing");
            return ExitCode.OK.code();
        }
        List<String> command = tools.command();
        console.say(command.isEmpty()
                ? "missing: " + String.join(", ", missing)
                : "to be installed by: " + String.join(" ", command));
        if (!line.flag("yes") && !(console.canAsk() && console.confirms("Install?"))) {
            console.say("nothing was installed; --yes installs without asking");
            return ExitCode.FAILED.code();
        }
        tools.install(console.canAsk());
        console.say("installed");
        return ExitCode.OK.code();
    }
}

package dev.rbees.ctl.command;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.ctl.top.Observer;
import dev.rbees.ctl.top.Overview;
import dev.rbees.ctl.top.OverviewScreen;
import dev.rbees.shell.Console;
import dev.rbees.shell.LiveScreen;
import dev.rbees.shell.render.Documents;
import dev.rbees.shell.render.OutputFormat;

/** {@code top}. */
record TopCommand(Console console) {

    private static final int DEFAULT_SECONDS = 2;
    private static final Duration BETWEEN_TWO_LOOKS = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int ANY = Integer.MAX_VALUE;

    static final CommandSpec SPEC = new CommandSpec("top",
            "Watch machines, devices, workers and the queue on one screen that is drawn anew; q ends it", List.of(),
            Orchestrators.and(
                    OptionSpec.flag("once", "print it once and end, as it does where there is no terminal"),
                    OptionSpec.optional("interval", "seconds",
                            "from one look to the next (default: " + DEFAULT_SECONDS + ")"),
                    OutputFormat.OPTION),
            List.of("rbees top", "rbees top --once --output json"));

    private static final OverviewScreen SCREEN = new OverviewScreen(InstantSource.system());

    int run(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        Duration interval = Duration.ofSeconds(line.integer("interval", 1, 3600).orElse(DEFAULT_SECONDS));
        Observer observer = new Observer(Orchestrators.of(line, console.environment(), PATIENCE),
                Orchestrators.target(line, console.environment()).urls(), System::nanoTime);
        Overview first = observer.look();
        if (line.flag("once") || line.option(OutputFormat.OPTION.name()).isPresent() || !console.terminals().out()) {
            pause(BETWEEN_TWO_LOOKS);
            print(format, observer.look());
        } else if (LiveScreen.possible(console)) {
            draw(observer, first, interval);
        } else {
            printAgainAndAgain(observer, first, interval);
        }
        return ExitCode.OK.code();
    }

    private void print(OutputFormat format, Overview overview) {
        switch (format) {
            case TABLE -> SCREEN.lines(overview, ANY, ANY).forEach(console.out()::println);
            case JSON -> console.out().println(Documents.json(overview));
            case YAML -> console.out().print(Documents.yaml(overview));
            case NAME -> overview.workers().forEach(worker -> console.out().println(worker.workerId()));
        }
        console.out().flush();
    }

    private void draw(Observer observer, Overview first, Duration interval) {
        Look look = new Look(first, "");
        try (LiveScreen screen = LiveScreen.open(console)) {
            while (true) {
                screen.draw(look.lines(screen.columns(), screen.rows()));
                LiveScreen.Heard heard = screen.await(interval);
                if (heard == LiveScreen.Heard.QUIT) {
                    return;
                }
                look = heard == LiveScreen.Heard.NOTHING ? look.next(observer) : look;
            }
        }
    }

    /** On a terminal that can move no cursor, until Ctrl-C. */
    private void printAgainAndAgain(Observer observer, Overview first, Duration interval) {
        for (Look look = new Look(first, "");; look = look.next(observer)) {
            look.lines(ANY, ANY).forEach(console.out()::println);
            console.out().println();
            console.out().flush();
            pause(interval);
        }
    }

    /** The last good answer, and why there is none since. */
    private record Look(Overview overview, String trouble) {

        /** why: an orchestrator that starts anew is back in a moment. */
        Look next(Observer observer) {
            try {
                return new Look(observer.look(), "");
            } catch (RbeesException e) {
                if (e.code() == ErrorCode.CANCELLED) {
                    throw e;
                }
                return new Look(overview, "as it was before: " + Printable.line(e.userMessage()));
            }
        }

        List<String> lines(int columns, int rows) {
            List<String> lines = new ArrayList<>(SCREEN.lines(overview, columns, trouble.isEmpty() ? rows : rows - 1));
            if (!trouble.isEmpty()) {
                lines.addFirst(trouble);
            }
            return lines;
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RbeesException(ErrorCode.CANCELLED, "it was interrupted", e);
        }
    }
}

package dev.rbees.shell.client;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.sse.SseEvent;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.WaitingFor;
import dev.rbees.cli.Printable;

/** Prints a task's events: the text to standard output as it comes, everything else as lines for people. */
public final class AnswerPrinter {

    private static final Set<String> KNOWN = Set.of("queued", "started", "token", "metrics", "end", "error");

    private final PrintStream out;
    private final Consumer<String> say;
    private boolean anyToken;
    private boolean lineOpen;
    private String queued = "";
    private Optional<ExitCode> exit = Optional.empty();

    /** @param say takes lines for people */
    public AnswerPrinter(PrintStream out, Consumer<String> say) {
        this.out = out;
        this.say = say;
    }

    /** Whether the terminal event has come. */
    public boolean ended() {
        return exit.isPresent();
    }

    /** The exit code that the terminal event means. */
    public ExitCode exitCode() {
        return exit.orElse(ExitCode.FAILED);
    }

    /** A line for people, beside the answer. */
    public void say(String line) {
        say.accept(line);
    }

    /** Prints what an event says. */
    public void print(SseEvent event) {
        // why: a newer server may say more than we know
        if (KNOWN.contains(event.name())) {
            print(parse(event));
        }
    }

    private static TaskEvent parse(SseEvent event) {
        try {
            return TaskEvent.parse(event.data());
        } catch (RbeesException e) {
            throw new RbeesException(ErrorCode.INTERNAL, "an event '" + event.name()
                    + "' is not understood; are the other side and this program of the same version?", e);
        }
    }

    /** What happens before a worker has its model. */
    private static String start(WaitingFor waitingFor) {
        if (waitingFor.pool() == null) {
            return "no worker has its model yet: " + Printable.text(waitingFor.reason()).replace('_', ' ');
        }
        WaitingFor.Progress progress = waitingFor.progress();
        return "a worker is being started on " + Printable.text(waitingFor.pool())
                + (progress == null || progress.percent() == 0
                        ? ""
                        : " (" + Printable.text(progress.phase()) + " " + progress.percent() + "%)");
    }

    private void print(TaskEvent event) {
        switch (event) {
            case TaskEvent.Queued(_, int queuePosition, _, var waitingFor) -> {
                String said = "queued, position " + queuePosition + (waitingFor == null ? "" : "; " + start(waitingFor));
                if (!said.equals(queued)) {
                    say.accept(said);
                    queued = said;
                }
            }
            case TaskEvent.Started started -> {
                if (started.workerId() != null) {
                    say.accept("started on " + Printable.text(started.workerId()));
                }
            }
            case TaskEvent.Token token -> text(token.t());
            case TaskEvent.Metrics _ -> {}
            case TaskEvent.End end -> {
                closeLine();
                say.accept(summary(end));
                if (!anyToken) {
                    say.accept("warning: the answer is empty; the model ended at once. Without --raw the prompt goes through"
                            + " the model's template, which often helps");
                }
                exit = Optional.of(ExitCode.OK);
            }
            case TaskEvent.Failed failed -> {
                closeLine();
                say.accept("error: " + Printable.line(failed.message()) + " (" + failed.code() + ")");
                exit = Optional.of(failed.code().exitCode());
            }
        }
    }

    private void text(String text) {
        anyToken = true;
        if (text.isEmpty()) {
            return;
        }
        String shown = Printable.keepLines(text);
        out.print(shown);
        out.flush();
        lineOpen = !shown.endsWith("\n");
        if (out.checkError()) {
            throw new RbeesException(ErrorCode.CANCELLED, "nobody reads the answer any more");
        }
    }

    private void closeLine() {
        if (lineOpen) {
            out.println();
            out.flush();
        }
        lineOpen = false;
    }

    private static String summary(TaskEvent.End end) {
        double rate = end.decodeTimeMs() == 0 ? 0 : end.tokensOut() * 1000.0 / end.decodeTimeMs();
        return String.format(Locale.ROOT, "%d tokens in %d ms, %s, %.2f tokens/s", end.tokensOut(), end.decodeTimeMs(),
                end.stopReason(), rate);
    }
}

package dev.rbees.ctl.client;

import java.io.IOException;
import java.time.Duration;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.sse.SseEvent;
import dev.rbees.shell.client.AnswerPrinter;

/**
 * Follows a task to its end. When the connection breaks it comes back after the last event that was seen, so that no text is
 * lost and none is shown twice.
 */
public final class TaskFollower {

    /** Attempts in a row without a new event; the pauses between them add up to about 40 s. */
    private static final int MAX_FAILURES = 12;
    /** why: a connection that is back at once is no news. */
    private static final int WORTH_TELLING = 2;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final Orchestrator orchestrator;
    private final AnswerPrinter printer;
    private final Duration firstPause;
    private String lastId = "";
    private boolean reached;
    private boolean explained;
    private int failures;

    public TaskFollower(Orchestrator orchestrator, AnswerPrinter printer) {
        this(orchestrator, printer, Duration.ofMillis(200));
    }

    TaskFollower(Orchestrator orchestrator, AnswerPrinter printer, Duration firstPause) {
        this.orchestrator = orchestrator;
        this.printer = printer;
        this.firstPause = firstPause;
    }

    /** Follows a task that the orchestrator has just accepted: it is there, even when the first try does not get through. */
    public void followAccepted(String task) {
        reached = true;
        follow(task);
    }

    /** @throws RbeesException TASK_NOT_FOUND when there is none, TIMEOUT when the orchestrator stays away */
    public void follow(String task) {
        while (!printer.ended()) {
            Exception broken;
            try {
                orchestrator.events(task, lastId, event -> take(task, event));
                broken = new IOException("the stream ended before the task");
            } catch (IOException e) {
                broken = e;
            } catch (RbeesException e) {
                if (!reached || !mayPass(e)) {
                    throw e;
                }
                broken = e;
            }
            if (!printer.ended()) {
                waitFor(task, broken);
            }
        }
    }

    private void take(String task, SseEvent event) {
        reached = true;
        if (number(event.id()) <= number(lastId)) {
            return;
        }
        lastId = event.id();
        failures = 0;
        printer.print(event);
        if (event.name().equals("queued") && !explained) {
            explained = true;
            explain(task);
        }
    }

    /** Says for what the task waits, if the orchestrator tells. */
    private void explain(String task) {
        try {
            WaitingReason.of(orchestrator.explain(task)).ifPresent(printer::say);
        } catch (RbeesException _) {
            // the answer comes all the same
        }
    }

    /** Ids are whole numbers that increase; anything else comes before all of them. */
    private static long number(String id) {
        return id.matches("[0-9]{1,18}") ? Long.parseLong(id) : -1;
    }

    private static boolean mayPass(RbeesException e) {
        return switch (e.code()) {
            case TIMEOUT, DRAINING, OVERLOADED, STORAGE_UNAVAILABLE -> true;
            default -> false;
        };
    }

    private void waitFor(String task, Exception broken) {
        if (++failures > MAX_FAILURES) {
            throw orchestrator.lost(task, broken);
        }
        if (failures == WORTH_TELLING) {
            printer.say("the connection was lost; trying to come back to the task " + task);
        }
        try {
            Thread.sleep(Math.max(ownPause(), Math.min(askedPause(broken), LONGEST_PAUSE.toMillis())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RbeesException(ErrorCode.CANCELLED, "waiting for the orchestrator was interrupted", e);
        }
    }

    private long ownPause() {
        return firstPause.multipliedBy(1L << Math.min(failures - 1, 5)).toMillis();
    }

    /** What the orchestrator asked for in {@code Retry-After}. */
    private static long askedPause(Exception broken) {
        Duration asked = broken instanceof RbeesException refusal ? refusal.retryAfter() : null;
        return asked == null ? 0 : asked.toMillis();
    }
}

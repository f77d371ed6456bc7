package dev.rbees.ctl.client;

import java.time.Duration;
import java.util.Optional;

import dev.rbees.api.task.TaskExplanation;
import dev.rbees.api.task.TaskExplanation.Waiting;
import dev.rbees.cli.Printable;
import dev.rbees.shell.render.Amounts;

/** For what a task waits, in a sentence. */
public final class WaitingReason {

    private WaitingReason() {}

    /** Empty when it does not wait, or for a reason that this version does not know. */
    public static Optional<String> of(TaskExplanation task) {
        Waiting waiting = task.waiting();
        if (waiting == null) {
            return Optional.empty();
        }
        return sentence(waiting.reason(), Printable.text(task.model())).map(why -> "it waits because " + why
                + (waiting.predictedStartMs() == null
                        ? ""
                        : "; it probably begins in " + Amounts.time(Duration.ofMillis(waiting.predictedStartMs()))));
    }

    private static Optional<String> sentence(String reason, String model) {
        return switch (reason) {
            case "no_worker" -> Optional.of("no worker has the model " + model + "; 'rbees-pool worker spawn' starts one");
            case "no_free_slot" -> Optional.of("every slot of the workers with its model is in use");
            case "its_turn" -> Optional.of("other tasks come before it");
            case "worker_starting" -> Optional.of("a worker with the model " + model + " is being started");
            case "making_room" -> Optional.of("another worker makes room for the model " + model);
            case "no_room" -> Optional.of("no machine has room for the model " + model + " at present");
            case "too_large" -> Optional.of("the model " + model + " is too large for every machine");
            case "no_files" -> Optional.of("no machine that may start workers has the files of " + model);
            case "no_pool" -> Optional.of("no machine that may start workers answers; 'rbees pool list' says why");
            case "start_failed" -> Optional.of("a worker with the model " + model
                    + " could not be started, which is tried again in a minute");
            case "retry" -> Optional.of("an attempt failed, and it is tried again");
            default -> Optional.empty();
        };
    }
}

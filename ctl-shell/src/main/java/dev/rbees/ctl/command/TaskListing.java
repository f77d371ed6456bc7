package dev.rbees.ctl.command;

import java.time.InstantSource;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.TaskView;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;

/** How tasks are printed. */
final class TaskListing {

    private static final InstantSource CLOCK = InstantSource.system();

    static final Listing<TaskView> TASKS = new Listing<>(TaskView::jobId, List.of(
            Column.text("JOB", TaskView::jobId),
            Column.word("STATUS", TaskView::status),
            Column.text("MODEL", TaskView::model),
            Column.word("PRIORITY", task -> task.priority().wireName()),
            Column.number("POSITION", TaskView::queuePosition),
            Column.age("CREATED", TaskView::createdAt, CLOCK),
            Column.text("WORKER", TaskView::workerId),
            Column.number("TOKENS", TaskView::tokensOut),
            Column.text("OUTCOME", TaskListing::outcome)));

    static final Listing<TaskView.Attempt> ATTEMPTS = new Listing<>(attempt -> String.valueOf(attempt.number()), List.of(
            Column.number("ATTEMPT", TaskView.Attempt::number),
            Column.text("WORKER", TaskView.Attempt::workerId),
            Column.age("STARTED", TaskView.Attempt::startedAt, CLOCK),
            Column.text("OUTCOME", TaskView.Attempt::outcome)));

    private TaskListing() {}

    private static @Nullable Object outcome(TaskView task) {
        return task.error() != null ? task.error().code() : task.stopReason();
    }
}

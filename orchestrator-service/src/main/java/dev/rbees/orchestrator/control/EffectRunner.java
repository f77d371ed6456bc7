package dev.rbees.orchestrator.control;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.orchestrator.audit.AuditEvent;
import dev.rbees.orchestrator.core.Command;
import dev.rbees.orchestrator.core.Effect;
import dev.rbees.orchestrator.dispatch.AttemptEnd;
import dev.rbees.orchestrator.dispatch.AttemptOrder;
import dev.rbees.orchestrator.events.TaskLog;
import dev.rbees.orchestrator.task.Task;

/**
 * Does what the core has decided, one effect after another, on the thread {@code effects}, which may wait for the record, and holds no
 * lock meanwhile but that of a log which it opens. What comes of it goes back to the core as a command.
 */
final class EffectRunner {

    private static final Logger LOG = LoggerFactory.getLogger(EffectRunner.class);

    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final ControlTools tools;
    private final Consumer<Command> core;
    private final CountDownLatch closing = new CountDownLatch(1);

    /** @param core takes commands from any thread, without waiting */
    EffectRunner(ControlTools tools, Consumer<Command> core) {
        this.tools = tools;
        this.core = core;
    }

    void execute(Effect effect) {
        switch (effect) {
            case Effect.OnTask onTask -> onTask(tools.directory().require(onTask.taskId()), onTask);
            case Effect.AcquirePermit(long bytes) -> tools.permits().acquire(bytes);
            case Effect.ReleasePermit(long bytes) -> tools.permits().release(bytes);
            case Effect.RememberModel(var model) -> tools.models().put(model);
            case Effect.NoteModels(var ids) -> tools.models().carried(ids);
            case Effect.StartWorker start -> tools.pools().start(start);
            case Effect.StopWorker stop -> tools.pools().stop(stop);
            case Effect.ProbePool probe -> tools.pools().probe(probe);
            case Effect.Reply<?> reply -> answer(reply);
        }
    }

    private static <T> void answer(Effect.Reply<T> reply) {
        reply.to().complete(reply.value());
    }

    private void onTask(TaskHandle task, Effect.OnTask effect) {
        switch (effect) {
            case Effect.Publish(Task record, var ticket) -> task.publish(record, ticket);
            case Effect.Persist(Task record, var ticket) -> {
                task.publish(record, ticket);
                tools.store().update(record);
            }
            case Effect.TellPosition tell -> tell(task, tell);
            case Effect.Dispatch dispatch -> dispatch(task, dispatch);
            case Effect.StopAttempt(String id, int number) -> {
                task.stop(number);
                core.accept(new Command.AttemptStopped(id, number, task.log().fence(number)));
            }
            case Effect.Finish finish -> finish(task, finish);
            case Effect.CancelIfAbandoned(String id) -> {
                if (!task.hasReaders()) {
                    core.accept(new Command.Cancel(id, new CompletableFuture<>()));
                }
            }
        }
    }

    private void tell(TaskHandle task, Effect.TellPosition tell) {
        if (tell.watch() != 0 && !task.hasReaders()) {
            core.accept(new Command.Unwatch(task.id(), tell.watch()));
            return;
        }
        try {
            task.log().append(tell.event());
        } catch (RbeesException e) {
            // why: it is not worth failing for; the task waits all the same, and its position can be asked
            LOG.debug("task {} could not be told its position: {}", task.id(), e.getMessage());
        }
    }

    private void dispatch(TaskHandle task, Effect.Dispatch dispatch) {
        Task record = dispatch.task();
        int number = dispatch.number();
        TaskLog log;
        Optional<GenerationRequest> request;
        try {
            log = task.log();
            request = task.request().or(() -> tools.store().request(task.id()).map(EffectRunner::parse));
        } catch (RbeesException e) {
            LOG.warn("task {} cannot be read at present: {}", task.id(), e.userMessage());
            core.accept(new Command.AttemptDeferred(task.id(), number));
            return;
        }
        List<Integer> tokens = log.admit(number);
        if (request.isEmpty()) {
            core.accept(new Command.AttemptEnded(task.id(), number, new AttemptEnd.Broken(ErrorCode.INTERNAL,
                    "the prompt of this task cannot be decrypted any more; hand the task in again"), log.fence(number)));
            return;
        }
        tools.meters().dispatched(dispatch.waited());
        String worker = dispatch.worker().workerId();
        RunningAttempt attempt = new RunningAttempt(record, log, number, worker, dispatch.waited().toMillis(), core);
        task.runs(number, tools.dispatcher().begin(new AttemptOrder(worker, dispatch.worker().endpoint(),
                request.get().after(tokens), dispatch.worker().contextLength(), dispatch.worker().vocabSize(),
                record.deadline(),
                record.correlationId(), record.trace(), task.loop()), attempt));
    }

    private static GenerationRequest parse(String json) {
        return GenerationRequest.read(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Its log, as soon as it can be read; empty when the program ends before, so that the task is left to the next process. */
    private Optional<TaskLog> patiently(TaskHandle task) {
        while (true) {
            try {
                return Optional.of(task.log());
            } catch (RbeesException e) {
                LOG.warn("the end of task {} waits until its log can be read: {}", task.id(), e.userMessage());
            }
            try {
                if (closing.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return Optional.empty();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
    }

    /** Nothing is waited for any more. Any thread. */
    void close() {
        closing.countDown();
    }

    private void finish(TaskHandle task, Effect.Finish finish) {
        task.stop();
        Optional<TaskLog> log = patiently(task);
        if (log.isEmpty()) {
            return;
        }
        TaskLog.Sealed sealed = log.get().seal(finish.last());
        Task ended = finish.ended().tokensOut() == null ? finish.ended().withTokensOut(sealed.tokens()) : finish.ended();
        task.publish(ended, null);
        tools.store().finish(ended, sealed.events(), () -> {
            sealed.written().run();
            tools.directory().forget(task);
        });
        tools.quotas().settle(ended);
        tools.audit().write(() -> AuditEvent.taskCompleted(ended));
        tools.meters().ended(ended);
        LOG.info("task {} {}: model {}, {} tokens [{}]", ended.id(), ended.state(), ended.model(), ended.tokensOut(),
                ended.correlationId());
    }
}

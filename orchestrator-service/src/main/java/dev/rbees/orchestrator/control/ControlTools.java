package dev.rbees.orchestrator.control;

import java.time.InstantSource;
import java.util.random.RandomGenerator;

import dev.rbees.orchestrator.audit.AuditLog;
import dev.rbees.orchestrator.dispatch.Dispatcher;
import dev.rbees.orchestrator.observability.TaskMeters;
import dev.rbees.orchestrator.queue.FullQueue;
import dev.rbees.orchestrator.queue.QueueRoom;
import dev.rbees.orchestrator.queue.Rates;
import dev.rbees.orchestrator.quota.Quotas;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.orchestrator.store.TaskStore;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.orchestrator.worker.KnownModels;

/**
 * What the control of tasks works with.
 *
 * @param store the durable record
 * @param dispatcher gives work to workers
 * @param fleet the workers that are there
 * @param models what tasks may name
 * @param quotas what tasks may take
 * @param room places in the queue
 * @param fullQueue what happens when there is none
 * @param policy by what workers are chosen
 * @param timeouts how long a task may be in a stage
 * @param rates how fast things go
 * @param meters what operators look at
 * @param audit what somebody may have to account for
 * @param directory tasks by id
 * @param clock the time
 * @param random draws seeds and pauses
 */
public record ControlTools(TaskStore store, Dispatcher dispatcher, Fleet fleet, KnownModels models, Quotas quotas,
        QueueRoom room, FullQueue fullQueue, Policy policy, Timeouts timeouts, Rates rates, TaskMeters meters,
        AuditLog audit,
        TaskDirectory directory, InstantSource clock,
        RandomGenerator random) {}

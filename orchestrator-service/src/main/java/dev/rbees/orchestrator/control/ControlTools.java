package dev.rbees.orchestrator.control;

import java.util.random.RandomGenerator;

import dev.rbees.orchestrator.audit.AuditLog;
import dev.rbees.orchestrator.dispatch.Dispatcher;
import dev.rbees.orchestrator.observability.TaskMeters;
import dev.rbees.orchestrator.queue.QueuePermits;
import dev.rbees.orchestrator.quota.Quotas;
import dev.rbees.orchestrator.store.TaskStore;
import dev.rbees.orchestrator.time.SteadyClock;
import dev.rbees.orchestrator.worker.KnownModels;

/**
 * What decisions act upon.
 *
 * @param store the durable record
 * @param dispatcher gives work to workers
 * @param quotas what tasks may take
 * @param models what tasks may name
 * @param permits of the queue
 * @param meters what operators look at
 * @param audit what somebody may have to account for
 * @param pools starts and stops workers
 * @param directory tasks by id
 * @param clock the time
 * @param random draws ids and seeds
 */
public record ControlTools(TaskStore store, Dispatcher dispatcher, Quotas quotas, KnownModels models, QueuePermits permits,
        TaskMeters meters,
        AuditLog audit, PoolActions pools, TaskDirectory directory, SteadyClock clock, RandomGenerator random) {}

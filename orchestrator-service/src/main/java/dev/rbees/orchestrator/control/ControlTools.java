package dev.rbees.orchestrator.control;

import java.time.InstantSource;

import dev.rbees.orchestrator.dispatch.Dispatcher;
import dev.rbees.orchestrator.observability.TaskMeters;
import dev.rbees.orchestrator.queue.DrainRate;
import dev.rbees.orchestrator.queue.QueueRoom;
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
 * @param room places in the queue
 * @param rate how fast the queue drains
 * @param meters what operators look at
 * @param directory tasks by id
 * @param clock the time
 */
public record ControlTools(TaskStore store, Dispatcher dispatcher, Fleet fleet, KnownModels models, QueueRoom room,
        DrainRate rate, TaskMeters meters, TaskDirectory directory, InstantSource clock) {}

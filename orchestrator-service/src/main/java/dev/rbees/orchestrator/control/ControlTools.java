package dev.rbees.orchestrator.control;

import java.time.InstantSource;
import java.util.random.RandomGenerator;

import dev.rbees.orchestrator.dispatch.Dispatcher;
import dev.rbees.orchestrator.observability.TaskMeters;
import dev.rbees.orchestrator.queue.FullQueue;
import dev.rbees.orchestrator.queue.QueueRoom;
import dev.rbees.orchestrator.queue.Rates;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.orchestrator.session.Sessions;
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
 * @param sessions what tasks may take together
 * @param room places in the queue
 * @param fullQueue what happens when there is none
 * @param policy by what workers are chosen
 * @param rates how fast things go
 * @param meters what operators look at
 * @param directory tasks by id
 * @param clock the time
 * @param random draws seeds and pauses
 */
public record ControlTools(TaskStore store, Dispatcher dispatcher, Fleet fleet, KnownModels models, Sessions sessions,
        QueueRoom room,
        FullQueue fullQueue, Policy policy, Rates rates, TaskMeters meters, TaskDirectory directory, InstantSource clock,
        RandomGenerator random) {}

package dev.rbees.orchestrator.simulation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.random.RandomGenerator;

import dev.rbees.orchestrator.store.TaskStore;

/** The record of the simulator for a test that knows no virtual time: with each call passes as much of it as there is something to do. */
public final class SteppedStore {

    private final VirtualTime time = new VirtualTime();
    private final SimulatedStore store = new SimulatedStore(time, RandomGenerator.of("L64X128MixRandom"));

    /** The record, with what was written to it before. */
    public TaskStore open() {
        return (TaskStore) Proxy.newProxyInstance(TaskStore.class.getClassLoader(), new Class<?>[] {TaskStore.class},
                (_, method, arguments) -> {
                    try {
                        Object result = method.invoke(store, arguments);
                        while (time.step(Long.MAX_VALUE)) {
                            // what is due has happened
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });
    }
}

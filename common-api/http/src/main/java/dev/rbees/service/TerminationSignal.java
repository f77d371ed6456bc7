package dev.rbees.service;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** SIGTERM and Ctrl-C. */
public final class TerminationSignal {

    private TerminationSignal() {}

    /**
     * Runs the action instead of ending the process.
     *
     * <p>
     * why: by reflection, because the only API for signals warns at every mention that it is not a standard one.
     */
    public static void handle(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object calls = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (_, method, _) -> {
                if (method.getName().equals("handle")) {
                    action.run();
                }
                return null;
            });
            Method handle = signal.getMethod("handle", signal, handler);
            for (String name : new String[] {"TERM", "INT"}) {
                handle.invoke(null, signal.getConstructor(String.class).newInstance(name), calls);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java has no signals", e);
        }
    }
}

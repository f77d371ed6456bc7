package dev.rbees.thread;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Hands the newest value of each key to a receiver, outside the lock under which the value changed. Whoever changes a value notes it
 * while it holds its own lock, and calls {@link #flush} after it has released it. Of several values of one key only the newest is
 * handed over, and never an older one after a newer one. Safe for use by several threads; neither method waits for the receiver of
 * another thread.
 *
 * @param <K> key of a value
 * @param <V> immutable
 */
public final class Handover<K, V> {

    private final BiConsumer<K, Optional<V>> receiver;
    private final AtomicInteger calls = new AtomicInteger();
    private final Object lock = new Object();
    @GuardedBy("lock")
    private final Map<K, Optional<V>> waiting = new LinkedHashMap<>();

    private record Next<K, V>(K key, Optional<V> value) {}

    /**
     * @param receiver gets the newest value, or nothing where there is none any more; called by one thread at a time, on a thread that
     *        calls {@link #flush}, without any lock of this class
     */
    public Handover(BiConsumer<K, Optional<V>> receiver) {
        this.receiver = receiver;
    }

    /** This is the value of the key from now on. To be called in the order of the changes, so under the lock that guards them. */
    public void put(K key, V value) {
        note(key, Optional.of(value));
    }

    /** The key has no value any more; otherwise as {@link #put}. */
    public void remove(K key) {
        note(key, Optional.empty());
    }

    private void note(K key, Optional<V> value) {
        synchronized (lock) {
            waiting.put(key, value);
        }
    }

    /**
     * Hands over what was noted before this call, or leaves it to a thread that is about to. To be called without any lock. What the
     * receiver throws goes to the caller; the value it was thrown for is handed over by the next call, unless it changes before.
     */
    public void flush() {
        if (calls.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        boolean whole = false;
        try {
            do {
                seen = calls.get();
                drain();
            } while (!calls.compareAndSet(seen, 0));
            whole = true;
        } finally {
            if (!whole) {
                calls.set(0);
            }
        }
    }

    private void drain() {
        for (Optional<Next<K, V>> next = take(); next.isPresent(); next = take()) {
            Next<K, V> one = next.get();
            boolean taken = false;
            try {
                receiver.accept(one.key(), one.value());
                taken = true;
            } finally {
                if (!taken) {
                    putBack(one);
                }
            }
        }
    }

    private Optional<Next<K, V>> take() {
        synchronized (lock) {
            var first = waiting.entrySet().iterator();
            if (!first.hasNext()) {
                return Optional.empty();
            }
            var entry = first.next();
            Next<K, V> next = new Next<>(entry.getKey(), entry.getValue());
            first.remove();
            return Optional.of(next);
        }
    }

    private void putBack(Next<K, V> one) {
        synchronized (lock) {
            waiting.putIfAbsent(one.key(), one.value());
        }
    }
}

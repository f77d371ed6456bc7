package dev.rbees.service;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * A stream that gives everything, elements, end and failure, on one thread: the event loop of its connection. Others only
 * {@link #wake} it, from any thread and without waiting. It gives no more than its reader asked for.
 *
 * <p>
 * why: operators between the maker of a stream and the connection then never run on two threads at once. Some of them lose
 * signals if they do; see {@link EventStream}.
 *
 * @param <T> what it gives
 */
public final class LoopStream<T> implements Subscription {

    /**
     * What a stream gives. Asked on the loop alone.
     *
     * @param <T> what it gives
     */
    public interface Source<T> {
        /** The next element, which is then given; null when there is none now. Must not wait. */
        @Nullable
        T next();

        /**
         * Whether nothing comes after what {@link #next} has given. Asked also while the reader wants nothing; what it throws
         * ends the stream as a failure.
         */
        boolean ended();

        /** Nobody reads any more: the stream has ended, failed, or was cancelled. Runs once, on any thread. */
        void left();
    }

    private final Executor loop;
    private final Subscriber<? super T> reader;
    private final Source<T> source;
    private final AtomicLong requested = new AtomicLong();
    private final AtomicInteger wanted = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private final Runnable drain = this::drain;
    private volatile boolean open;

    private LoopStream(Executor loop, Subscriber<? super T> reader, Function<LoopStream<T>, Source<T>> opening) {
        this.loop = loop;
        this.reader = reader;
        this.source = opening.apply(this);
    }

    /**
     * A stream for each reader that comes.
     *
     * @param loop runs one thing at a time
     * @param opening makes what a reader is given; the stream may be woken already, and gives nothing before the reader is ready
     */
    public static <T> Flux<T> of(Executor loop, Function<LoopStream<T>, Source<T>> opening) {
        return Flux.from(reader -> {
            LoopStream<T> stream = new LoopStream<>(loop, reader, opening);
            reader.onSubscribe(stream);
            stream.open = true;
            stream.wake();
        });
    }

    @Override
    public void request(long n) {
        requested.getAndUpdate(open -> Operators.addCap(open, n));
        wake();
    }

    /** There may be something to give, or the stream may have ended. Never waits. */
    public void wake() {
        if (open && !over.get() && wanted.getAndIncrement() == 0) {
            try {
                loop.execute(drain);
            } catch (RejectedExecutionException e) {
                cancel(); // why: the server is closed, and with it the connection
            }
        }
    }

    private void drain() {
        int seen = wanted.get();
        do {
            deliver();
            seen = wanted.addAndGet(-seen);
        } while (seen != 0 && !over.get());
    }

    private void deliver() {
        try {
            while (!over.get()) {
                if (source.ended()) {
                    if (close()) {
                        reader.onComplete();
                    }
                    return;
                }
                if (requested.get() == 0) {
                    return;
                }
                T next = source.next();
                if (next == null) {
                    return;
                }
                requested.getAndUpdate(open -> open == Long.MAX_VALUE ? open : open - 1);
                reader.onNext(next);
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** Ends the stream with a failure. On the loop. */
    public void fail(Throwable failure) {
        if (close()) {
            reader.onError(failure);
        }
    }

    @Override
    public void cancel() {
        close();
    }

    private boolean close() {
        boolean first = over.compareAndSet(false, true);
        if (first) {
            source.left();
        }
        return first;
    }
}

package dev.rbees.worker.generation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.thread.Ownership;

/** Everything that has a slot, in the order of its coming, and whose prompt is in. The batch thread's alone, which is checked. */
final class Sequences {

    private final Ownership owner;
    private final List<Generation> running = new ArrayList<>();
    /** Whose prompt is not in, and is not being fed just now. */
    private final Deque<Generation> unfed = new ArrayDeque<>();
    private @Nullable Generation feeding;

    Sequences(Ownership owner) {
        this.owner = owner;
    }

    void add(Generation generation) {
        owner.check();
        running.add(generation);
        unfed.add(generation);
    }

    /** Takes one out. */
    void remove(Generation generation) {
        owner.check();
        running.remove(generation);
        unfed.remove(generation);
    }

    /** As they are now; the list does not change any more. */
    List<Generation> all() {
        owner.check();
        return List.copyOf(running);
    }

    /** Those whose prompt is in. */
    List<Generation> decoding() {
        owner.check();
        return running.stream().filter(Generation::decoding).toList();
    }

    boolean isEmpty() {
        owner.check();
        return running.isEmpty();
    }

    /** Whether a piece of some prompt is being fed. */
    boolean feeds() {
        owner.check();
        return feeding != null;
    }

    boolean feeds(Generation generation) {
        owner.check();
        return generation == feeding;
    }

    /** The one whose turn it is to have a piece of its prompt fed; null when a piece is being fed or nobody waits. */
    @Nullable
    Generation beginFeeding() {
        owner.check();
        if (feeding == null) {
            feeding = unfed.poll();
            return feeding;
        }
        return null;
    }

    /** A piece is in, or has failed; the next of this prompt waits for its turn. */
    void endFeeding(Generation generation) {
        owner.check();
        feeding = null;
        if (!generation.decoding()) {
            unfed.add(generation);
        }
    }
}

package dev.rbees.orchestrator.control;

import dev.rbees.orchestrator.core.Core;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.Ownership;

/** The control loop without its thread: the caller says when it works. */
public final class SteppedLoop {

    private final ControlLoop loop;

    /** @param room effects that may wait */
    public SteppedLoop(Core core, Ownership owner, ControlTools tools, Liveness liveness, int room) {
        loop = new ControlLoop(core, owner, tools, liveness, room);
    }

    /** Takes commands. */
    public ControlLoop loop() {
        return loop;
    }

    /** Carries out what has come, as far as there is room for what follows. */
    public void step() {
        loop.step();
    }

    /** Does at most so much of what was decided; how much there was. */
    public int executeSome(int max) {
        return loop.executeSome(max);
    }

    /** How many effects wait. */
    public int waiting() {
        return loop.waiting();
    }

    /** Takes up what nobody works on. */
    public void adopt(Adoption adoption) {
        try {
            adoption.look();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts", e);
        }
    }

    /** Time has passed. */
    public void tick() {
        loop.tick();
    }
}

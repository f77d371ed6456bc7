package dev.rbees.orchestrator.control;

/** The control loop without its thread: the caller says when it works. */
public final class SteppedLoop {

    private final ControlLoop loop;

    public SteppedLoop(ControlTools tools) {
        loop = new ControlLoop(tools);
    }

    /** Takes commands. */
    public ControlLoop loop() {
        return loop;
    }

    /** Handles what has come. */
    public void step() {
        loop.step();
    }

    /** Time has passed. */
    public void tick() {
        loop.tick();
    }
}

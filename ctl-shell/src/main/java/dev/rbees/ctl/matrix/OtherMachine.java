package dev.rbees.ctl.matrix;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.rbees.ctl.host.CapturedOutput;
import dev.rbees.ctl.host.Machines;
import dev.rbees.ctl.host.PoolTarget;
import dev.rbees.ctl.host.Reach;

/**
 * Another machine, over SSH.
 *
 * @param machines by which it is reached
 * @param target which it is
 */
public record OtherMachine(Machines machines, PoolTarget target) implements Machine {

    @Override
    public String name() {
        return target.name();
    }

    @Override
    public Output run(List<String> words, Duration limit) {
        return LimitedRun.within(limit, String.join(" ", words), () -> {
            CapturedOutput out = new CapturedOutput();
            CapturedOutput err = new CapturedOutput();
            int status = machines.run(target, words, Optional.empty(), out, err);
            return new Output(status, out.text(), err.text());
        });
    }

    @Override
    public Reach reach(int port) {
        return machines.reach(target, port);
    }

    @Override
    public Optional<Long> residentBytes(long pid) {
        return machines.residentBytes(target, pid);
    }

    @Override
    public Optional<Double> load() {
        return Optional.empty();
    }
}

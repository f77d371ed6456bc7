package dev.rbees.ctl.matrix;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.rbees.ctl.host.CapturedOutput;
import dev.rbees.ctl.host.Reach;
import dev.rbees.home.OutsideProgram;

/** This machine, through the rbees-pool of an installation. */
public final class ThisMachine implements Machine {

    private static final Duration ASKED = Duration.ofSeconds(10);
    private static final int ANSWER = 1024;

    private final Path program;
    private final Map<String, String> environment;

    /** @param program the launcher of rbees-pool */
    public ThisMachine(Path program, Map<String, String> environment) {
        this.program = program;
        this.environment = Map.copyOf(environment);
    }

    @Override
    public String name() {
        return "this machine";
    }

    @Override
    public Output run(List<String> words, Duration limit) {
        return LimitedRun.within(limit, String.join(" ", words), () -> run(words));
    }

    private Output run(List<String> words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            CapturedOutput out = new CapturedOutput();
            CapturedOutput err = new CapturedOutput();
            Thread reader = pump(process.getInputStream(), out);
            Thread errorReader = pump(process.getErrorStream(), err);
            int status = process.waitFor();
            reader.join();
            errorReader.join();
            return new Output(status, out.text(), err.text());
        } finally {
            process.destroy();
        }
    }

    private static Thread pump(InputStream from, CapturedOutput to) {
        return Thread.ofVirtual().start(() -> {
            try (from) {
                from.transferTo(to);
            } catch (IOException _) {
                // the process is gone; its status tells how
            }
        });
    }

    @Override
    public Reach reach(int port) {
        return Reach.direct(port);
    }

    @Override
    public Optional<Long> residentBytes(long pid) {
        return new OutsideProgram(environment, ASKED, ANSWER).ask("ps", "-o", "rss=", "-p", "" + pid)
                .filter(OutsideProgram.Answer::done).flatMap(answer -> Reach.kibibytes(answer.output()));
    }

    @Override
    public Optional<Double> load() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load < 0 ? Optional.empty() : Optional.of(Math.round(load * 10) / 10.0);
    }
}

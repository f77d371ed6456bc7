package dev.rbees.ctl.host;

import java.io.PrintStream;
import java.util.List;

import dev.rbees.shell.render.Documents;
import dev.rbees.shell.render.OutputFormat;

/**
 * Prints what several machines answered, in the order in which they were named.
 *
 * @param out takes it
 */
public record HostReport(PrintStream out) {

    /**
     * In JSON and YAML an array with an entry for each machine, whose output must be JSON; by name a line for each id, after the
     * machine's name; else what each machine prints, under a line with its name.
     */
    public void print(OutputFormat format, List<HostRun> runs) {
        switch (format) {
            case JSON -> out.println(Documents.json(answers(runs)));
            case YAML -> out.print(Documents.yaml(answers(runs)));
            case NAME -> runs.forEach(run -> run.out().lines().forEach(line -> out.println(run.host() + " " + line)));
            case TABLE -> sections(runs);
        }
        out.flush();
    }

    private static List<HostAnswer> answers(List<HostRun> runs) {
        return runs.stream().map(HostRun::answer).toList();
    }

    private void sections(List<HostRun> runs) {
        String gap = "";
        for (HostRun run : runs) {
            if (!run.out().isEmpty()) {
                out.print(gap + "==> " + run.host() + " <==\n" + run.out());
                gap = run.out().endsWith("\n") ? "\n" : "\n\n";
            }
        }
    }
}

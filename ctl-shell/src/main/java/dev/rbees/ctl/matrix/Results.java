package dev.rbees.ctl.matrix;

import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The results of a run over machines, as files in docs/model-support hold them.
 *
 * @param kind {@value #KIND}
 * @param date of the run
 * @param runs one for each machine
 */
public record Results(String kind, LocalDate date, List<Run> runs) {

    /** How files with such results say what they are. */
    public static final String KIND = "models";

    public Results {
        runs = List.copyOf(runs);
    }

    /**
     * @param machine null when it could not be asked
     * @param cells in the order in which they were tried
     */
    public record Run(@Nullable Facts machine, List<Cell> cells) {

        public Run {
            cells = List.copyOf(cells);
        }
    }

    /**
     * What is worth knowing of a machine beside what it did.
     *
     * @param system with its version and the kind of processor
     * @param processor null when it does not say
     * @param memoryBytes of main memory
     * @param gpus names of graphics cards, empty for none
     * @param load of the machine when the run began, null when nobody said
     */
    public record Facts(String system, @Nullable String processor, long memoryBytes, String gpus, @Nullable Double load) {}

    /** Every cell. */
    public Stream<Cell> cells() {
        return runs.stream().flatMap(run -> run.cells().stream());
    }

    /** How many cells ended so. */
    public long count(Cell.Status status) {
        return cells().filter(cell -> cell.status() == status).count();
    }
}

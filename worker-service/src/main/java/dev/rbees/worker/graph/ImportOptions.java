package dev.rbees.worker.graph;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * How weights are packed when a model is imported.
 *
 * @param plain what becomes of weights that are stored as plain numbers
 * @param compact whether 4-bit weights with offsets (Q4_1, Q4_K) keep their 4 bits: exact, a third smaller in memory, and
 *        somewhat slower than the 8 bits that they get otherwise
 */
public record ImportOptions(Plain plain, boolean compact) {

    public static final ImportOptions DEFAULT = new ImportOptions(Plain.INT8, false);

    /** What becomes of weights that are stored as plain numbers. */
    public enum Plain {
        /** 8 bits in blocks of 32: off by about 0.5 %. */
        INT8,
        /** 4 bits in blocks of 32: the smallest, off by about 9 %. */
        INT4,
        /** 32-bit numbers: exact, and the slowest. */
        FLOAT32;

        /** The one of that name on a command line. */
        public static Optional<Plain> of(String name) {
            return Arrays.stream(values()).filter(plain -> plain.optionName().equals(name)).findFirst();
        }

        public String optionName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What tells the folder of an import from those of the same model with other options; empty for the default. */
    String suffix() {
        return (plain == Plain.INT8 ? "" : "-" + plain.optionName()) + (compact ? "-compact" : "");
    }
}

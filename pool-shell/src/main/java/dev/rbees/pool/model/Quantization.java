package dev.rbees.pool.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.rbees.api.model.PartName;

/** The encoding of weights, as the names of their files tell it. */
final class Quantization {

    /** What people mean who name none: first those that keep most at a quarter of the size, then what is larger or worse. */
    static final List<String> PREFERRED = List.of("Q4_K_M", "UD-Q4_K_XL", "Q4_K_S", "Q4_0", "Q4_1", "Q4", "Q5_K_M", "Q5_K_S",
            "Q5_0", "Q5_1", "Q6_K", "Q8_0", "IQ4_XS", "IQ4_NL", "MXFP4", "Q3_K_M", "Q3_K_L", "Q3_K_S", "Q2_K", "F16", "FP16",
            "BF16", "F32");
    private static final Pattern IN_NAME = Pattern.compile(
            "(?i)(?:^|[-._])((?:UD-)?(?:I?Q\\d+(?:_[A-Z0-9]+){0,3}|TQ\\d_\\d|MXFP4(?:_MOE)?|B?F16|FP16|F32))$");

    private Quantization() {}

    /** In capitals; empty where the name of a GGUF file tells none. */
    static Optional<String> of(String file) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        String stem = PartName.of(name).map(PartName::stem).orElseGet(() -> name.replaceFirst("(?i)\\.gguf$", ""));
        Matcher found = IN_NAME.matcher(stem);
        return found.find() ? Optional.of(found.group(1).toUpperCase(Locale.ROOT)) : Optional.empty();
    }

    /** Whether somebody who types the one means the other. */
    static boolean means(String typed, String label) {
        return typed.equalsIgnoreCase(label) || ("UD-" + typed).equalsIgnoreCase(label);
    }
}

package dev.rbees.api.model;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The name of one of several files that hold one model's weights, such as {@value #EXAMPLE}.
 *
 * @param stem what stands before the number
 * @param number of this part, from 1
 * @param parts how many there are
 * @param suffix what stands behind
 */
public record PartName(String stem, int number, int parts, String suffix) {

    public static final String EXAMPLE = "model-00001-of-00003.gguf";

    private static final Pattern PATTERN = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})(\\.\\w+)", Pattern.DOTALL);

    /** Empty where a file's name is no such one. */
    public static Optional<PartName> of(String file) {
        Matcher name = PATTERN.matcher(file);
        return name.matches()
                ? Optional.of(new PartName(name.group(1), Integer.parseInt(name.group(2)), Integer.parseInt(name.group(3)),
                        name.group(4)))
                : Optional.empty();
    }

    /** The names of all parts, in order. */
    public List<String> all() {
        return IntStream.rangeClosed(1, parts).mapToObj("%s-%%05d-of-%05d%s".formatted(
                stem.replace("%", "%%"), parts, suffix.replace("%", "%%"))::formatted).toList();
    }
}

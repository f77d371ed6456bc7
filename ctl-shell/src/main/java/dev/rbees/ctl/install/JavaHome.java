package dev.rbees.ctl.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.UsageException;

/**
 * A folder with a JDK or a Java runtime, and what its file {@code release} says.
 *
 * @param folder absolute path
 * @param facts values without their quotes, by key
 */
record JavaHome(Path folder, Map<String, String> facts) {

    private static final int NEEDED = 25;
    private static final int MOST_BYTES = 64 * 1024;
    /** What a program does not need to run. */
    private static final Set<String> LEFT_OUT = Set.of("jmods", "include", "man", "demo", "lib/src.zip", "lib/ct.sym");

    JavaHome {
        facts = Map.copyOf(facts);
    }

    /** @throws RbeesException STORAGE_UNAVAILABLE when it cannot be read */
    static JavaHome read(Path folder) {
        Map<String, String> facts = new HashMap<>();
        Path release = folder.resolve("release");
        try {
            if (Files.isRegularFile(release) && Files.size(release) <= MOST_BYTES) {
                for (String line : Files.readAllLines(release)) {
                    int equals = line.indexOf('=');
                    if (equals > 0) {
                        facts.put(line.substring(0, equals), line.substring(equals + 1).replace("\"", "").strip());
                    }
                }
            }
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read " + release, e);
        }
        return new JavaHome(folder.toAbsolutePath(), facts);
    }

    /**
     * Reads one that the user named.
     *
     * @throws UsageException when it is no Java, one that is too old, or does not say for what machines it is
     */
    static JavaHome named(String text) {
        JavaHome home = read(Path.of(text));
        if (!Files.isRegularFile(home.folder.resolve("bin/java"))) {
            throw new UsageException("--java-home names " + text + ", where there is no bin/java");
        }
        if (home.feature() < NEEDED) {
            throw new UsageException("--java-home must name a Java " + NEEDED + " or newer, and the file release in "
                    + text + " says " + home.facts.getOrDefault("JAVA_VERSION", "nothing"));
        }
        if (!home.facts.containsKey("OS_NAME") || !home.facts.containsKey("OS_ARCH")) {
            throw new UsageException("the file release in " + text + " does not say for what system and processor it is"
                    + " (OS_NAME and OS_ARCH)");
        }
        return home;
    }

    private int feature() {
        String digits = facts.getOrDefault("JAVA_VERSION", "").replaceFirst("[^0-9].*$", "");
        return digits.isEmpty() || digits.length() > 4 ? 0 : Integer.parseInt(digits);
    }

    /** The version with its build, where the file says it. */
    String version() {
        return facts.getOrDefault("JAVA_RUNTIME_VERSION", facts.getOrDefault("JAVA_VERSION", "unknown"));
    }

    Platform platform() {
        return Platform.of(facts.getOrDefault("OS_NAME", ""), facts.getOrDefault("OS_ARCH", ""),
                "musl".equals(facts.get("LIBC")));
    }

    /** Whether all of these modules are in it. */
    boolean has(Set<String> modules) {
        return Set.of(facts.getOrDefault("MODULES", "").split(" ", -1)).containsAll(modules);
    }

    /** What is brought of it, below {@code runtime/}. */
    List<PackedFile> files() {
        return PackedFile.below(folder, "runtime/",
                name -> LEFT_OUT.stream().noneMatch(left -> name.equals(left) || name.startsWith(left + "/")));
    }
}

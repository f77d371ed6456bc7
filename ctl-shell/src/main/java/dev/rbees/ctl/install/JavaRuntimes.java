package dev.rbees.ctl.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.Printable;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.OutsideProgram;
import dev.rbees.home.RbeesHome;

/**
 * The Java that is brought along: one that the user named; else that of our own installation, or one that jlink makes of the
 * JDK we run on and that is kept under {@code RBEES_HOME/cache}.
 *
 * @param home where a runtime is kept
 * @param own that of our own installation; the folder need not be there
 * @param named by the user, empty for none
 * @param say takes a line for people
 */
record JavaRuntimes(RbeesHome home, Path own, Optional<JavaHome> named, Consumer<String> say) {

    /** What jdeps finds in the jars of all programs, and what they look for at run time. */
    private static final Set<String> MODULES = Set.of("java.base", "java.compiler", "java.desktop", "java.instrument",
            "java.logging", "java.management", "java.naming", "java.net.http", "java.prefs", "java.rmi", "java.scripting",
            "java.security.jgss", "java.sql", "java.xml", "jdk.jfr", "jdk.management", "jdk.net", "jdk.unsupported",
            "jdk.zipfs");
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int MOST_OUTPUT = 16 * 1024;

    /**
     * What the runtime for a machine is called: its version and platform.
     *
     * @throws RbeesException CONFLICT when there is none that would start there
     */
    String name(Platform wanted) {
        Platform given = named.map(JavaHome::platform).orElseGet(Platform::local);
        if (!given.equals(wanted)) {
            throw new RbeesException(ErrorCode.CONFLICT, named.isPresent()
                    ? "the Java of --java-home is for " + given + ", and this machine is " + wanted
                    : "this machine is " + wanted + ", and only a Java runtime for " + given + " can be made here; unpack a"
                            + " Java 25 for " + wanted + " here and name its folder with --java-home, or install one there"
                            + " and say --no-runtime");
        }
        return named.map(JavaHome::version).orElseGet(() -> Runtime.version().toString()) + "-" + given;
    }

    /**
     * Where it is, after making it if need be.
     *
     * @throws RbeesException CONFLICT when it cannot be made
     */
    JavaHome find(Platform wanted) {
        String name = name(wanted);
        if (named.isPresent()) {
            return named.get();
        }
        if (Files.isExecutable(own.resolve("bin/java"))) {
            return JavaHome.read(own);
        }
        Path kept = home.cacheRoot().resolve("runtime-" + name);
        JavaHome runtime = JavaHome.read(kept);
        return runtime.has(MODULES) ? runtime : make(kept);
    }

    private JavaHome make(Path kept) {
        Path java = Path.of(System.getProperty("java.home"));
        if (!Files.isExecutable(java.resolve("bin/jlink"))) {
            throw new RbeesException(ErrorCode.CONFLICT, "the Java that this program runs on (" + java
                    + ") cannot make a runtime: it has no jlink; set JAVA_HOME to a JDK 25, name a Java with --java-home,"
                    + " or say --no-runtime where there is one");
        }
        say.accept("making a Java runtime with jlink; this is done once");
        RbeesHome.directory(home.cacheRoot());
        try {
            Path work = Files.createTempDirectory(home.cacheRoot(), ".runtime-");
            try {
                link(java.resolve("bin"), work.resolve("runtime"));
                delete(kept);
                AtomicFile.move(work.resolve("runtime"), kept);
            } finally {
                delete(work);
            }
        } catch (IOException e) {
            throw AtomicFile.unwritable(kept, e);
        }
        return JavaHome.read(kept);
    }

    private static void link(Path programs, Path target) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("PATH", programs.toString());
        Optional<OutsideProgram.Answer> answer = new OutsideProgram(environment, LONGEST, MOST_OUTPUT).ask("jlink",
                "--output", target.toString(), "--strip-java-debug-attributes", "--no-header-files", "--no-man-pages",
                "--compress", "zip-0", "--add-modules", String.join(",", new TreeSet<>(MODULES)));
        if (answer.filter(OutsideProgram.Answer::done).isEmpty()) {
            throw new RbeesException(ErrorCode.CONFLICT, "jlink cannot make a Java runtime: "
                    + Printable.message(answer.map(OutsideProgram.Answer::output).orElse("it did not end")).strip()
                    + "; is the disk full? With --no-runtime the Java of that machine is used");
        }
    }

    static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> below = Files.walk(folder)) {
                for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}

package dev.rbees.ctl.install;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

import dev.rbees.cli.Printable;

/**
 * For what machines a Java runtime is made.
 *
 * @param system {@code linux}, {@code macos}, or what the machine calls itself
 * @param processor {@code x86_64}, {@code aarch64}, or what the machine calls it
 * @param musl whether its C library is musl; a runtime for the other one does not start there
 */
record Platform(String system, String processor, boolean musl) {

    /** From the words of uname, of the system properties of Java, or of the file {@code release} of a JDK. */
    static Platform of(String system, String processor, boolean musl) {
        String os = system.toLowerCase(Locale.ROOT);
        String arch = processor.toLowerCase(Locale.ROOT);
        return new Platform(switch (os) {
            case "darwin", "mac os x" -> "macos";
            default -> Printable.text(os);
        }, switch (arch) {
            case "amd64", "x64" -> "x86_64";
            case "arm64" -> "aarch64";
            default -> Printable.text(arch);
        }, musl);
    }

    /** That of this machine. */
    static Platform local() {
        String processor = System.getProperty("os.arch");
        Platform platform = of(System.getProperty("os.name"), processor, false);
        return new Platform(platform.system(), platform.processor(),
                Files.exists(Path.of("/lib/ld-musl-" + platform.processor() + ".so.1")));
    }

    /** As it stands in names of files: {@code linux-x86_64}. */
    @Override
    public String toString() {
        return (system + "-" + processor + (musl ? "-musl" : "")).replaceAll("[^a-z0-9_-]", "_");
    }
}

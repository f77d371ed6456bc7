package dev.rbees.ctl.install;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;
import dev.rbees.shell.Console;
import dev.rbees.shell.Terminals;

/** A small installation of scripts, and what a command needs to bring it somewhere. */
public final class FakeDistribution {

    /** As old as the jars of a real one. */
    static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");

    private final Path folder;
    private final ByteArrayOutputStream talk = new ByteArrayOutputStream();

    /** A distribution in {@code below/rbees}. */
    public FakeDistribution(Path below) throws IOException {
        folder = below.resolve("rbees");
        Files.createDirectories(folder.resolve("bin"));
        Files.createDirectories(folder.resolve("lib/aot"));
        Files.writeString(folder.resolve("lib/aot/rbees-pool.aot"), "of another Java");
        version("1.0.0");
    }

    /** Makes it another version. */
    public void version(String version) throws IOException {
        try (var jars = Files.newDirectoryStream(folder.resolve("lib"), "*.jar")) {
            for (Path jar : jars) {
                Files.delete(jar);
            }
        }
        Path jar = Files.writeString(folder.resolve("lib/pool-shell-" + version + ".jar"), "jar of " + version);
        Files.setLastModifiedTime(jar, FileTime.from(LONG_AGO));
        poolIs("echo rbees-pool " + version);
        Files.deleteIfExists(folder.resolve("bin/llorch-pool"));
        Files.createSymbolicLink(folder.resolve("bin/llorch-pool"), Path.of("rbees-pool"));
    }

    /** Its rbees-pool: the body of a script. */
    void poolIs(String script) throws IOException {
        program(folder.resolve("bin/rbees-pool"), script);
    }

    /** Its training: the body of a script. */
    void trainingIs(String script) throws IOException {
        Files.writeString(folder.resolve("lib/train.sh"), script + "\n");
    }

    /** Where it lies. */
    public Path folder() {
        return folder;
    }

    static void program(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    Console console() {
        Map<String, String> environment = new HashMap<>(Map.of(Environment.INSTALL, folder.toString()));
        PrintStream err = new PrintStream(talk, true, StandardCharsets.UTF_8);
        return new Console(err, err, InputStream.nullInputStream(), Terminals.NONE, environment);
    }

    /** What was said to people. */
    String talk() {
        return talk.toString(StandardCharsets.UTF_8);
    }

    /** An installer that brings no Java. */
    Installer installer(Path home) {
        return installer(home, new JavaChoice(false, Optional.empty()));
    }

    Installer installer(Path home, JavaChoice java) {
        return new Installer(console(), new RbeesHome(home), java, InstallFolder.USUAL, InstantSource.system());
    }
}

package dev.rbees.shell.process;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;

/** The folder in which rbees is installed: {@code bin} with the programs, {@code lib} with their libraries. */
public final class Installation {

    private Installation() {}

    /** {@code RBEES_INSTALL}, else where our own jar lies; empty when that is no installation. */
    public static Optional<Path> find(Map<String, String> environment) {
        String install = environment.getOrDefault(Environment.INSTALL, "");
        Optional<Path> folder = install.isBlank() ? besideOurJar() : Optional.of(Path.of(install));
        return folder.map(Path::toAbsolutePath).filter(path -> Files.isExecutable(path.resolve("bin/rbees-workerd")));
    }

    /**
     * A program of an installation by the path that stays the same when another version is installed: {@code current/bin/…}
     * in place of {@code versions/…/bin/…}, where there is such a link.
     */
    public static Path lasting(Path program) {
        Path version = RbeesHome.folderOf(RbeesHome.folderOf(program));
        Path link = version.resolve("../../current").normalize();
        try {
            return Files.isSymbolicLink(link) && Files.isSameFile(link, version)
                    ? link.resolve(version.relativize(program))
                    : program;
        } catch (IOException _) {
            return program;
        }
    }

    /** The jar whose name begins so. */
    public static Optional<Path> library(Path installation, String prefix) {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(installation.resolve("lib"), prefix + "*.jar")) {
            for (Path jar : jars) {
                return Optional.of(jar);
            }
            return Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static Optional<Path> besideOurJar() {
        try {
            Path jar = Path.of(Installation.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            return Optional.ofNullable(RbeesHome.folderOf(jar).getParent());
        } catch (URISyntaxException _) {
            return Optional.empty();
        }
    }
}

package dev.rbees.pool.checkout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.SearchPath;

/** What building and testing rbees needs, and how the system's package manager brings it. */
public final class DevTools {

    private final Map<String, String> environment;
    private final StreamedProgram programs;
    private final List<Path> moreFolders;

    /** A package manager: the one of Debian and its kin, or the one for macOS. */
    private enum Manager {
        APT,
        BREW
    }

    /**
     * Something that is needed.
     *
     * @param name of the program
     * @param present whether it is there
     * @param purpose what it is for
     * @param packageName of the package manager; empty when the system brings it, or there is no package manager
     */
    public record Tool(String name, boolean present, String purpose, String packageName) {}

    public DevTools(Map<String, String> environment, StreamedProgram programs) {
        this(environment, programs, List.of(Path.of("/usr/sbin"), Path.of("/usr/local/sbin")));
    }

    /** @param moreFolders in which programs lie that are for the administrator */
    DevTools(Map<String, String> environment, StreamedProgram programs, List<Path> moreFolders) {
        this.environment = environment;
        this.programs = programs;
        this.moreFolders = moreFolders;
    }

    /** Everything, with whether it is there. */
    public List<Tool> tools() {
        return List.of(
                tool("git", "the sources", "git", "git"),
                tool("mvn", "building", "maven", "maven"),
                new Tool("javac", Runtime.version().feature() >= 25 && hasCompiler(), "compiling, version 25 or newer",
                        packageName("openjdk-25-jdk", "openjdk@25")),
                tool("sshd", "testing the remote commands", "openssh-server", ""),
                tool("pg_ctlcluster", "testing the record in PostgreSQL", "postgresql", "postgresql"),
                tool("gcc", "testing graphics cards with a false driver", "gcc", "gcc"),
                tool("python3", "the checks of the finished programs", "python3", "python3"));
    }

    /** The command that brings what is missing; empty when nothing is, or nothing can. */
    public List<String> command() {
        List<String> packages = tools().stream().filter(tool -> !tool.present() && !tool.packageName().isEmpty())
                .map(Tool::packageName).toList();
        Optional<Manager> manager = manager();
        if (packages.isEmpty() || manager.isEmpty()) {
            return List.of();
        }
        List<String> command = new ArrayList<>(switch (manager.get()) {
            case APT -> isRoot() ? List.of("apt-get", "install", "-y", "--no-install-recommends")
                    : List.of("sudo", "apt-get", "install", "-y", "--no-install-recommends");
            case BREW -> List.of("brew", "install");
        });
        command.addAll(packages);
        return command;
    }

    /** Runs that command. @throws RbeesException CONFLICT when it fails */
    public void install(boolean typed) {
        List<String> command = command();
        if (command.isEmpty()) {
            throw new RbeesException(ErrorCode.CONFLICT, "there is no package manager that rbees knows (apt-get, brew);"
                    + " install what is missing by hand");
        }
        programs.run(Path.of("/"), typed, command.getFirst(), command.subList(1, command.size()));
    }

    private Tool tool(String program, String purpose, String apt, String brew) {
        boolean present = programs.has(program)
                || moreFolders.stream().anyMatch(folder -> Files.isExecutable(folder.resolve(program)));
        return new Tool(program, present, purpose, packageName(apt, brew));
    }

    private String packageName(String apt, String brew) {
        return manager().map(manager -> switch (manager) {
            case APT -> apt;
            case BREW -> brew;
        }).orElse("");
    }

    private Optional<Manager> manager() {
        return SearchPath.find("apt-get", environment).map(_ -> Manager.APT)
                .or(() -> SearchPath.find("brew", environment).map(_ -> Manager.BREW));
    }

    private static boolean hasCompiler() {
        return Files.isExecutable(Path.of(System.getProperty("java.home"), "bin", "javac"));
    }

    private static boolean isRoot() {
        try {
            return "root".equals(Files.getOwner(Path.of("/proc/self")).getName());
        } catch (IOException _) {
            return false;
        }
    }
}

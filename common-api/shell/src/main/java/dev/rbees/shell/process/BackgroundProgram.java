package dev.rbees.shell.process;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;
import dev.rbees.home.SearchPath;

/**
 * A program of this installation that is started so that it outlives this one, its terminal and Ctrl-C.
 *
 * @param name of its launcher
 * @param environment that it gets
 * @param failure the code when it cannot be started
 */
public record BackgroundProgram(String name, Map<String, String> environment, ErrorCode failure) {

    private static final File NOTHING = new File("/dev/null");

    public BackgroundProgram {
        environment = Map.copyOf(environment);
    }

    /**
     * Starts it.
     *
     * @param arguments of its command line
     * @param log takes its output, after what is in it; readable by its owner alone
     * @throws RbeesException when it is missing, or cannot be started
     */
    public Process start(List<String> arguments, Path log) {
        List<String> command = new ArrayList<>(detached());
        command.add(find().toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(Redirect.from(NOTHING))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().remove("RBEES_CALLED_AS");
        try {
            RbeesHome.directory(RbeesHome.folderOf(log));
            if (!Files.exists(log)) {
                Files.createFile(log, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            return builder.start();
        } catch (IOException e) {
            throw new RbeesException(failure, "cannot start " + name + ": " + e.getMessage(), e);
        }
    }

    /** why: a process of its own session gets no Ctrl-C and no hang-up of our terminal; nohup at least no hang-up. */
    private List<String> detached() {
        return SearchPath.find("setsid", environment).or(() -> SearchPath.find("nohup", environment))
                .map(program -> List.of(program.toString())).orElse(List.of());
    }

    /**
     * The launcher of the installation that this program is a part of.
     *
     * @throws RbeesException when there is none
     */
    public Path find() {
        return Installation.find(environment).map(install -> install.resolve("bin").resolve(name))
                .filter(Files::isExecutable)
                .orElseThrow(() -> new RbeesException(failure, name + " is missing"
                        + Optional.ofNullable(environment.get(Environment.INSTALL)).map(folder -> " in " + folder + "/bin")
                                .orElse("")
                        + "; install rbees as a whole, or set " + Environment.INSTALL + " to the folder that holds bin/"
                        + name));
    }
}

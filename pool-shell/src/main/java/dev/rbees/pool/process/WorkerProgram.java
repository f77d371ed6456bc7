package dev.rbees.pool.process;

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
import dev.rbees.pool.inventory.Installation;

/** Starts {@code rbees-workerd} so that it outlives this program, its terminal and Ctrl-C. */
final class WorkerProgram {

    private static final String NAME = "rbees-workerd";
    private static final File NOTHING = new File("/dev/null");

    private final Map<String, String> environment;

    WorkerProgram(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * @param arguments of the worker
     * @param log takes its output, after what is in it; readable by its owner alone
     */
    Process start(List<String> arguments, Path log) {
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
            throw new RbeesException(ErrorCode.WORKER_START_FAILED, "cannot start " + NAME + ": " + e.getMessage(), e);
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
     * @throws RbeesException WORKER_START_FAILED when there is none
     */
    Path find() {
        return Installation.find(environment).map(install -> install.resolve("bin").resolve(NAME))
                .orElseThrow(() -> new RbeesException(ErrorCode.WORKER_START_FAILED, NAME + " is missing"
                        + Optional.ofNullable(environment.get(Environment.INSTALL)).map(folder -> " in " + folder + "/bin")
                                .orElse("")
                        + "; install rbees as a whole, or set " + Environment.INSTALL + " to the folder that holds bin/"
                        + NAME));
    }
}

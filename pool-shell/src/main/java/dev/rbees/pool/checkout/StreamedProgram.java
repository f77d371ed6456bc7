package dev.rbees.pool.checkout;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.Printable;
import dev.rbees.home.SearchPath;

/** Runs a program of the machine for as long as it takes, and passes on each line that it writes. */
public final class StreamedProgram {

    private final Map<String, String> environment;
    private final Consumer<String> say;

    /**
     * @param environment in which it is looked for and run
     * @param say takes its lines
     */
    public StreamedProgram(Map<String, String> environment, Consumer<String> say) {
        this.environment = environment;
        this.say = say;
    }

    /** Whether it is there. */
    boolean has(String program) {
        return SearchPath.find(program, environment).isPresent();
    }

    /**
     * Runs it.
     *
     * @param typed whether it reads what is typed at our terminal, such as a password
     * @throws RbeesException CONFLICT when it is not there or does not end with 0
     */
    void run(Path folder, boolean typed, String program, List<String> arguments) {
        Path file = SearchPath.find(program, environment).orElseThrow(() -> new RbeesException(ErrorCode.CONFLICT,
                program + " is not installed; run: rbees-pool dev setup"));
        List<String> command = new ArrayList<>(List.of(file.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        if (typed) {
            builder.redirectInput(ProcessBuilder.Redirect.INHERIT);
        } else {
            builder.environment().put("GIT_TERMINAL_PROMPT", "0");
        }
        try {
            require(program, arguments, pass(builder.start(), typed));
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.CONFLICT, program + " cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RbeesException(ErrorCode.CANCELLED, program + " was interrupted", e);
        }
    }

    private int pass(Process process, boolean typed) throws IOException, InterruptedException {
        try (BufferedReader lines = process.inputReader()) {
            if (!typed) {
                process.getOutputStream().close();
            }
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                say.accept(Printable.line(line));
            }
            return process.waitFor();
        } finally {
            process.destroy();
        }
    }

    private static void require(String program, List<String> arguments, int status) {
        if (status != 0) {
            throw new RbeesException(ErrorCode.CONFLICT,
                    "'" + program + " " + String.join(" ", arguments) + "' failed (exit code " + status
                            + "); see what it says");
        }
    }
}

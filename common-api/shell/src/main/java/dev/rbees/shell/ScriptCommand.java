package dev.rbees.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

import dev.rbees.api.error.ExitCode;
import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.GravestExit;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;

/** {@code script}: the lines of a file, one command each. On one thread. */
final class ScriptCommand {

    private static final int MAX_LINES = 10_000;
    private static final OptionSpec KEEP_GOING = OptionSpec.flag("keep-going",
            "run the lines after one that failed as well; the gravest exit code is that of all");

    private final Console console;
    private final ToIntFunction<List<String>> runner;
    private boolean running;

    /** @param runner runs the words of a line and gives their exit code */
    ScriptCommand(Console console, ToIntFunction<List<String>> runner) {
        this.console = console;
        this.runner = runner;
    }

    static CommandSpec spec(String program) {
        return new CommandSpec("script", "Run the commands of a file, line by line; # begins a comment",
                List.of(new ArgumentSpec("file", "text in UTF-8, a command on each line, without the name of the program")
                        .among(Candidates.FILES)),
                List.of(KEEP_GOING), List.of(program + " script setup.rbees", program + " script setup.rbees --keep-going"));
    }

    int run(CommandLine line) {
        if (running) {
            throw new UsageException("a script cannot run another script");
        }
        String file = line.argument(0);
        List<String> lines = read(file);
        running = true;
        try {
            return run(Printable.text(file), lines, line.flag(KEEP_GOING.name()));
        } finally {
            running = false;
        }
    }

    private int run(String file, List<String> lines, boolean keepGoing) {
        int gravest = ExitCode.OK.code();
        for (int number = 1; number <= lines.size(); number++) {
            int code = run(lines.get(number - 1));
            if (code != ExitCode.OK.code()) {
                console.say(file + ", line " + number + ": exit code " + code);
                gravest = GravestExit.of(gravest, code);
                if (!keepGoing || code == ExitCode.INTERRUPTED.code()) {
                    return gravest;
                }
            }
        }
        return gravest;
    }

    private int run(String line) {
        try {
            List<String> words = LineSplitter.split(line);
            return words.isEmpty() ? ExitCode.OK.code() : runner.applyAsInt(words);
        } catch (UsageException e) {
            console.say("error: " + e.userMessage());
            return ExitCode.USAGE.code();
        }
    }

    private static List<String> read(String name) {
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(Path.of(name))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                // why: some editors begin a text in UTF-8 with a mark of it
                lines.add(lines.isEmpty() ? line.replaceFirst("^\uFEFF", "") : line);
                if (lines.size() > MAX_LINES) {
                    throw new UsageException(
                            "the script " + Printable.text(name) + " has more than " + MAX_LINES + " lines");
                }
            }
            return lines;
        } catch (CharacterCodingException _) {
            throw new UsageException("the script " + Printable.text(name) + " is no text in UTF-8");
        } catch (IOException | InvalidPathException _) {
            throw new UsageException("the script " + Printable.text(name)
                    + " cannot be read: is it there, and a file that you may read?");
        }
    }
}

package dev.rbees.shell;

import java.util.List;

import dev.rbees.cli.Program;

/**
 * How the program was called.
 *
 * @param program its name and version
 * @param words argv
 */
record Invocation(Program program, List<String> words) {

    Invocation {
        words = List.copyOf(words);
    }

    /** Whether a person at a terminal is to type the commands. */
    boolean interactive(Console console) {
        return GlobalOptions.alone(words) && !GlobalOptions.noInput(words) && console.terminals().in()
                && console.terminals().out();
    }
}

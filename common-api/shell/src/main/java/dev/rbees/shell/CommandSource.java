package dev.rbees.shell;

import dev.rbees.home.RbeesHome;

/** Gives the commands of a program. */
@FunctionalInterface
public interface CommandSource {

    /**
     * Builds them; called once, for one command as for the interactive shell.
     *
     * @param console what they read from and write to
     * @param home where the state of this machine lies
     */
    CommandSet commands(Console console, RbeesHome home);
}

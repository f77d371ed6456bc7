package dev.rbees.cli;

/**
 * A positional argument, which the command needs.
 *
 * @param name what it is called in the help
 * @param description one line
 */
public record ArgumentSpec(String name, String description) {}

package dev.rbees.shell.completion;

/**
 * A word with which a command line may go on.
 *
 * @param text the whole word
 * @param description one line, empty for none
 */
public record Word(String text, String description) {}

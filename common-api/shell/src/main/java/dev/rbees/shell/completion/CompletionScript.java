package dev.rbees.shell.completion;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandSpec;

/** The script by which a shell of the system completes a program's command lines without starting it. */
public final class CompletionScript {

    /** The shells that can be served. */
    public enum Shell {
        BASH,
        ZSH,
        FISH
    }

    private final Shell shell;
    private final String program;
    private final CommandWords commands;
    private final List<String> catalog;

    /**
     * @param program as it is called
     * @param specs every command
     * @param catalog ids of the models that are known without looking at the machine
     */
    public CompletionScript(Shell shell, String program, List<CommandSpec> specs, List<String> catalog) {
        this.shell = shell;
        this.program = program;
        this.commands = new CommandWords(specs);
        this.catalog = List.copyOf(catalog);
    }

    /** The whole script. */
    public String text() {
        return template().replace("@NEXT@", next()).replace("@OPTIONS@", options()).replace("@VALUES@", values())
                .replace("@ARGUMENTS@", arguments()).replace("@PROGRAM@", program)
                .replace("@NAME@", program.replaceAll("[^A-Za-z0-9]", "_"));
    }

    private String template() {
        String name = "completion." + lower(shell);
        try (InputStream in = Objects.requireNonNull(CompletionScript.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String next() {
        Map<String, String> rows = new LinkedHashMap<>();
        commands.groups().forEach(group -> rows.put(group, described(commands.next(group))));
        return cases(rows);
    }

    private String options() {
        Map<String, String> rows = new LinkedHashMap<>();
        commands.specs().forEach(spec -> rows.put(spec.path(), described(CommandWords.options(spec))));
        return cases(rows);
    }

    private String values() {
        Map<String, String> rows = new LinkedHashMap<>();
        commands.specs().forEach(spec -> CommandWords.withValue(spec)
                .forEach(option -> rows.put(spec.path() + " --" + option.name(), kind(option.candidates()))));
        return cases(rows);
    }

    private String arguments() {
        Map<String, String> rows = new LinkedHashMap<>();
        for (CommandSpec spec : commands.specs()) {
            for (int i = 0; i < spec.arguments().size(); i++) {
                ArgumentSpec argument = spec.arguments().get(i);
                rows.put(spec.path() + " " + (argument.repeatable() ? "*" : String.valueOf(i)), kind(argument.candidates()));
            }
        }
        return cases(rows);
    }

    private String kind(Candidates candidates) {
        List<String> lines = new ArrayList<>(List.of(lower(candidates.kind()).replace('_', '-')));
        lines.addAll(candidates.kind() == Candidates.Kind.KNOWN_MODELS ? catalog : candidates.words());
        return lines(lines);
    }

    private String described(List<Word> words) {
        return lines(words.stream().map(word -> switch (shell) {
            case BASH -> word.text();
            case ZSH -> word.text().replace(":", "\\:") + ":" + word.description();
            case FISH -> word.text() + "\t" + word.description();
        }).toList());
    }

    private String lines(List<String> lines) {
        return lines.stream().map(this::quoted).collect(Collectors.joining(" ", "printf '%s\\n' ", ""));
    }

    /** One branch for each different text, so that what many commands share is there once. */
    private String cases(Map<String, String> rows) {
        Map<String, List<String>> keys = new LinkedHashMap<>();
        rows.forEach((key, text) -> keys.computeIfAbsent(text, _ -> new ArrayList<>()).add(key));
        return keys.entrySet().stream().map(row -> branch(row.getValue(), row.getKey())).collect(Collectors.joining("\n"));
    }

    private String branch(List<String> keys, String text) {
        List<String> patterns = keys.stream()
                .map(key -> key.endsWith("*") && shell != Shell.FISH
                        ? quoted(key.substring(0, key.length() - 1)) + "*"
                        : quoted(key))
                .toList();
        return shell == Shell.FISH
                ? "        case " + String.join(" ", patterns) + "\n            " + text
                : "        " + String.join(" | ", patterns) + ") " + text + " ;;";
    }

    private String quoted(String text) {
        return shell == Shell.FISH
                ? "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
                : "'" + text.replace("'", "'\\''") + "'";
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}

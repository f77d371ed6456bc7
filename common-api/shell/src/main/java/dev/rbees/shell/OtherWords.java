package dev.rbees.shell;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.rbees.cli.CommandSpec;

/** Words by which other tools call what our commands do. */
final class OtherWords {

    /** The ends of the paths that may be meant, the likeliest first. */
    private static final Map<String, List<String>> MEANT = Map.ofEntries(
            Map.entry("ps", List.of("jobs list", "worker list", "list")),
            Map.entry("ls", List.of("list")),
            Map.entry("get", List.of("show", "list")),
            Map.entry("describe", List.of("show")),
            Map.entry("status", List.of("status", "show", "list")),
            Map.entry("rm", List.of("delete", "cancel", "stop")),
            Map.entry("delete", List.of("cancel", "stop")),
            Map.entry("kill", List.of("cancel", "stop")),
            Map.entry("pull", List.of("download")),
            Map.entry("add", List.of("import")),
            Map.entry("logs", List.of("follow")),
            Map.entry("start", List.of("spawn")),
            Map.entry("run", List.of("infer", "submit", "spawn")));

    private OtherWords() {}

    /** The path of the command among these that a word may stand for. */
    static Optional<String> meant(String word, List<CommandSpec> commands) {
        return MEANT.getOrDefault(word, List.of()).stream()
                .flatMap(end -> commands.stream().map(CommandSpec::path)
                        .filter(path -> path.equals(end) || path.endsWith(" " + end)))
                .findFirst();
    }
}

package dev.rbees.remote;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** File names in an SSH configuration. */
final class SshPaths {

    private static final String SSH = "~/.ssh/";

    private SshPaths() {}

    /**
     * A name with its {@code ~} put in.
     *
     * @param folder what {@code ~/.ssh} is
     * @param relativeTo where a name lies that is not named from the root
     */
    static Path absolute(String name, Path folder, Path relativeTo) {
        if (name.startsWith(SSH)) {
            return folder.resolve(name.substring(SSH.length()));
        }
        return name.startsWith("~/")
                ? Path.of(System.getProperty("user.home"), name.substring(2))
                : relativeTo.resolve(name);
    }

    /** A name with its tokens, such as {@code %h}, and its {@code ~} put in; unknown tokens stay as they are. */
    static Path expanded(String name, SshHostConfig host, String localUser, Path folder) {
        Map<Character, String> tokens = Map.of('%', "%", 'h', host.hostName(), 'n', host.original(), 'p', "" + host.port(),
                'r', host.user(), 'u', localUser, 'd', System.getProperty("user.home"), 'k',
                host.hostKeyAlias().isEmpty() ? host.original() : host.hostKeyAlias());
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            boolean isToken = name.charAt(i) == '%' && i + 1 < name.length() && tokens.containsKey(name.charAt(i + 1));
            text.append(isToken ? tokens.get(name.charAt(++i)) : name.charAt(i));
        }
        return absolute(text.toString(), folder, folder);
    }

    /** The files that a pattern names, in the order of their names; {@code *}, {@code ?} and {@code [...]} in any part. */
    static List<Path> glob(Path pattern) {
        List<Path> found = List.of(pattern.isAbsolute() ? pattern.getRoot() : Path.of(""));
        for (Path part : pattern) {
            List<Path> next = new ArrayList<>();
            for (Path parent : found) {
                next.addAll(children(parent, part.toString()));
            }
            found = next;
        }
        return found.stream().filter(Files::isRegularFile).toList();
    }

    private static List<Path> children(Path parent, String pattern) {
        if (pattern.chars().noneMatch(c -> c == '*' || c == '?' || c == '[')) {
            return List.of(parent.resolve(pattern));
        }
        List<Path> children = new ArrayList<>();
        // why: braces mean something to Java's patterns and nothing to those of ssh
        String glob = pattern.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}");
        try (DirectoryStream<Path> matches = Files.newDirectoryStream(parent, glob)) {
            for (Path match : matches) {
                if (pattern.startsWith(".") || !match.getFileName().toString().startsWith(".")) {
                    children.add(match);
                }
            }
        } catch (IOException | RuntimeException _) {
            return List.of(); // why: what is not there or not ours to read includes nothing, as with ssh
        }
        children.sort(null);
        return children;
    }
}

package dev.rbees.remote;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;

/**
 * The user's SSH configuration, read anew for each connection. {@code Include} is followed; {@code Match} blocks are passed
 * over, because some of their conditions are programs to run.
 *
 * @param file it need not exist
 * @param folder {@code ~/.ssh}, where included files lie that are not named from the root
 */
record SshConfigFile(Path file, Path folder) {

    private static final int DEEPEST = 8;
    private static final int MOST_LINES = 20_000;
    private static final long LARGEST = 1024 * 1024;

    /** What the configuration says about hosts at this moment. */
    HostConfigEntryResolver read() throws IOException {
        List<String> lines = new ArrayList<>();
        addLines(file, "Host *", 0, lines);
        return HostConfigEntry.toHostConfigEntryResolver(
                HostConfigEntry.readHostConfigEntries(new StringReader(String.join("\n", lines)), true));
    }

    /** @param block the line that began the block around the file; the file's own blocks do not reach beyond it */
    private void addLines(Path from, String block, int depth, List<String> lines) throws IOException {
        if (depth > DEEPEST || lines.size() > MOST_LINES || !Files.isRegularFile(from) || Files.size(from) > LARGEST) {
            return;
        }
        String current = block;
        boolean skipping = false;
        for (String line : Files.readAllLines(from, StandardCharsets.UTF_8)) {
            String[] words = line.strip().split("[\\s=]+", 2);
            String keyword = words[0].toLowerCase(Locale.ROOT);
            if (keyword.equals("host")) {
                current = line;
                skipping = false;
            } else if (keyword.equals("match")) {
                skipping = true;
            }
            if (skipping) {
                continue;
            }
            if (keyword.equals("include") && words.length == 2) {
                for (String pattern : words[1].split("\\s+", -1)) {
                    for (Path included : files(pattern)) {
                        addLines(included, current, depth + 1, lines);
                    }
                }
                lines.add(current);
            } else {
                lines.add(line);
            }
        }
    }

    private List<Path> files(String pattern) throws IOException {
        String plain = pattern.replace("\"", "");
        Path path = plain.startsWith("~/.ssh/")
                ? folder.resolve(plain.substring("~/.ssh/".length()))
                : folder.resolve(plain.replaceFirst("^~(?=/)", System.getProperty("user.home")));
        Path parent = path.getParent();
        Path name = path.getFileName();
        if (parent == null || name == null || !Files.isDirectory(parent)) {
            return List.of();
        }
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> matches = Files.newDirectoryStream(parent, name.toString())) {
            matches.forEach(files::add);
        }
        files.sort(null);
        return files;
    }
}

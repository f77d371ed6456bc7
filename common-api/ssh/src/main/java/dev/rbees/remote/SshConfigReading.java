package dev.rbees.remote;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** One question to the SSH configuration: goes through the files from top to bottom and keeps what concerns the host. */
final class SshConfigReading {

    /** ProxyJump and ProxyCommand, which exclude each other. */
    static final String PROXY = "proxy";

    private static final Set<String> FIRST_COUNTS = Set.of("hostname", "user", "port", "identitiesonly",
            "userknownhostsfile", "globalknownhostsfile", "hostkeyalias", "identityagent", "stricthostkeychecking",
            "hashknownhosts", "tag");
    private static final Set<String> LISTS = Set.of("userknownhostsfile", "globalknownhostsfile", "proxycommand");
    private static final int DEEPEST = 16;
    private static final int MOST_FILES = 1000;
    private static final long LARGEST = 1024 * 1024;

    private final Path folder;
    private final SshMatch match;
    private final Map<String, SshConfigLine> first = new HashMap<>();
    private final Set<String> identityFiles = new LinkedHashSet<>();
    private @Nullable String finalHostName;
    private int files;

    SshConfigReading(Path folder, String localUser, RemoteHost host) {
        this.folder = folder;
        this.match = new SshMatch(this, localUser, host);
    }

    /** @param relativeTo where included files lie that are not named from the root */
    void read(Path file, Path relativeTo) {
        read(file, file.startsWith("/etc/ssh") ? Path.of("/etc/ssh") : relativeTo, true, 0);
    }

    boolean wantsFinalPass() {
        return match.wantsFinalPass();
    }

    /** @param hostName what the first pass has found, which is the name that blocks are matched with now */
    void beginFinalPass(String hostName) {
        finalHostName = hostName;
        match.beginFinalPass(hostName);
    }

    /** The name that the first pass has settled, which the second does not change any more. */
    Optional<String> finalHostName() {
        return Optional.ofNullable(finalHostName);
    }

    /** The line that counts for a keyword. */
    Optional<SshConfigLine> line(String keyword) {
        return Optional.ofNullable(first.get(keyword));
    }

    Optional<String> word(String keyword) {
        return line(keyword).map(SshConfigLine::word);
    }

    Optional<List<String>> words(String keyword) {
        return line(keyword).map(SshConfigLine::words);
    }

    List<String> identityFiles() {
        return List.copyOf(identityFiles);
    }

    /** @param reachable whether the block around the file concerns the host; if not, nothing in it does */
    private void read(Path file, Path relativeTo, boolean reachable, int depth) {
        boolean isActive = reachable;
        for (SshConfigLine line : lines(file)) {
            switch (line.keyword()) {
                case "host" -> isActive = reachable && match.isHost(line);
                case "match" -> isActive = match.isMatch(line) && reachable;
                case "include" -> {
                    for (String pattern : line.words()) {
                        include(line, pattern, relativeTo, isActive, depth);
                    }
                }
                default -> {
                    if (isActive) {
                        keep(line);
                    }
                }
            }
        }
    }

    private void include(SshConfigLine line, String pattern, Path relativeTo, boolean isActive, int depth) {
        if (depth == DEEPEST || files > MOST_FILES) {
            if (isActive) {
                throw line.wrong("includes files too deep or too many; does it include itself?");
            }
            return;
        }
        for (Path included : SshPaths.glob(SshPaths.absolute(pattern, folder, relativeTo))) {
            read(included, relativeTo, isActive, depth + 1);
        }
    }

    private void keep(SshConfigLine line) {
        String keyword = line.keyword();
        boolean isProxy = keyword.equals("proxyjump") || keyword.equals("proxycommand");
        boolean isIdentity = keyword.equals("identityfile");
        if (!isProxy && !isIdentity && !FIRST_COUNTS.contains(keyword)) {
            return;
        }
        if (line.unclosed() && !keyword.equals("proxycommand")) {
            throw line.wrong("has a quote that is not closed");
        }
        String word = line.word();
        if (line.words().size() > 1 && !LISTS.contains(keyword)) {
            throw line.wrong("has more than one word after " + keyword + "; put quotes around it");
        }
        if (isIdentity) {
            identityFiles.add(word);
        } else {
            first.putIfAbsent(isProxy ? PROXY : keyword, line);
        }
    }

    private List<SshConfigLine> lines(Path file) {
        files++;
        try {
            if (!Files.isRegularFile(file)) {
                return List.of();
            }
            if (Files.size(file) > LARGEST) {
                throw RbeesException.invalid("ssh_config", "size",
                        "the SSH configuration " + file + " is larger than 1 MiB");
            }
            List<String> texts = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
            List<SshConfigLine> lines = new ArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                SshConfigLine.parse(file, i + 1, texts.get(i)).ifPresent(lines::add);
            }
            return lines;
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.INVALID_REQUEST,
                    "the SSH configuration " + file + " cannot be read", e);
        }
    }
}

package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where pip on this machine gets its packages from. We name no package index ourselves: it is {@code PIP_INDEX_URL}, or the
 * {@code index-url} of pip's configuration files, or what the installed pip says it uses.
 */
final class PipSettings {

    private static final Pattern SECTION = Pattern.compile("\\s*\\[([^]]*)]\\s*");
    private static final Pattern INDEX = Pattern.compile("\\s*index[-_]url\\s*[=:]\\s*(\\S+)\\s*");
    private static final Pattern HELP = Pattern.compile("--index-url <url>.*?\\(default:?\\s+(\\S+?)\\)", Pattern.DOTALL);
    private static final List<List<String>> PROGRAMS = List.of(List.of("pip"), List.of("pip3"),
            List.of("python3", "-m", "pip"), List.of("python", "-m", "pip"));
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Map<String, String> environment;
    private final Path userHome;

    PipSettings(Map<String, String> environment, Path userHome) {
        this.environment = environment;
        this.userHome = userHome;
    }

    /** @throws SourceException when there is neither a setting nor a pip */
    String indexUrl() throws SourceException {
        String configured = environment.getOrDefault("PIP_INDEX_URL", "").strip();
        if (!configured.isEmpty()) {
            return configured;
        }
        for (Path file : files().reversed()) {
            Optional<String> url = inFile(file);
            if (url.isPresent()) {
                return url.get();
            }
        }
        for (List<String> program : PROGRAMS) {
            Optional<String> url = fromHelp(program);
            if (url.isPresent()) {
                return url.get();
            }
        }
        throw new SourceException("no package index is known: install pip, or set PIP_INDEX_URL");
    }

    /** pip's configuration files; a later one overrides an earlier one. */
    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (String folder : environment.getOrDefault("XDG_CONFIG_DIRS", "/etc/xdg").split(":", -1)) {
            files.add(Path.of(folder, "pip", "pip.conf"));
        }
        files.add(Path.of("/etc/pip.conf"));
        files.add(userHome.resolve("Library/Application Support/pip/pip.conf"));
        files.add(userHome.resolve(".pip/pip.conf"));
        String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        files.add((config.isEmpty() ? userHome.resolve(".config") : Path.of(config)).resolve("pip/pip.conf"));
        addIfSet(files, "VIRTUAL_ENV", "pip.conf");
        addIfSet(files, "PIP_CONFIG_FILE", "");
        return files;
    }

    private void addIfSet(List<Path> files, String variable, String name) {
        String folder = environment.getOrDefault(variable, "");
        if (!folder.isEmpty()) {
            files.add(Path.of(folder).resolve(name));
        }
    }

    private static Optional<String> inFile(Path file) {
        Optional<String> found = Optional.empty();
        String section = "";
        try {
            for (String line : Files.isRegularFile(file) ? Files.readAllLines(file) : List.<String>of()) {
                Matcher head = SECTION.matcher(line);
                Matcher setting = INDEX.matcher(line);
                if (head.matches()) {
                    section = head.group(1);
                } else if (setting.matches() && (section.equals("global") || section.equals("install"))) {
                    found = Optional.of(setting.group(1));
                }
            }
        } catch (IOException _) {
            return Optional.empty(); // pip cannot read it either
        }
        return found;
    }

    private Optional<String> fromHelp(List<String> program) {
        List<String> arguments = new ArrayList<>(program.subList(1, program.size()));
        arguments.addAll(List.of("help", "install"));
        // why: an address must not be broken into two lines
        Optional<String> help = new ToolOutput(environment, Map.of("COLUMNS", "400"), PATIENCE).of(program.getFirst(),
                arguments);
        return help.map(HELP::matcher).filter(Matcher::find).map(text -> text.group(1));
    }
}

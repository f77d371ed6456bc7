package dev.rbees.shell.completion;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.rbees.cli.Candidates;
import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;

/** What this machine has by name. Whatever cannot be read has no names; a completion is no place for errors. */
public final class LocalWords {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Pattern HOST = Pattern.compile("\\s*host\\s+(.*)", Pattern.CASE_INSENSITIVE);
    private static final Pattern POOL = Pattern.compile("\\s*id\\s*=\\s*[\"']([A-Za-z0-9._-]+)[\"'].*");
    private static final String RECORD = ".json";
    private static final int MOST = 1000;

    private final RbeesHome home;
    private final Map<String, String> environment;
    private final Supplier<List<String>> catalog;

    /** @param catalog the ids of the models that are known without looking at the machine; asked for when they are needed */
    public LocalWords(RbeesHome home, Map<String, String> environment, Supplier<List<String>> catalog) {
        this.home = home;
        this.environment = environment;
        this.catalog = catalog;
    }

    /** The words that a value may be, at most 1000 of each kind. */
    List<String> of(Candidates candidates) {
        return switch (candidates.kind()) {
            case ANYTHING, FILES -> List.of();
            case WORDS -> candidates.words();
            case MODELS -> names(home.models(), "");
            case KNOWN_MODELS ->
                Stream.concat(catalog.get().stream(), names(home.models(), "").stream()).distinct().toList();
            case WORKERS -> names(home.workers(), RECORD);
            case HOSTS -> Stream.concat(pools(), hosts().stream()).distinct().toList();
        };
    }

    private static List<String> names(Path folder, String ending) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(ending))
                    .map(name -> name.substring(0, name.length() - ending.length()))
                    .filter(name -> NAME.matcher(name).matches()).limit(MOST).sorted().toList();
        } catch (IOException _) {
            return List.of();
        }
    }

    /** why: not read as TOML, because that takes longer than a completion may. */
    private Stream<String> pools() {
        try (Stream<String> lines = Files.lines(home.root().resolve("pools.toml"), StandardCharsets.ISO_8859_1)) {
            return lines.limit(MOST).map(POOL::matcher).filter(Matcher::matches).map(line -> line.group(1)).toList().stream();
        } catch (IOException _) {
            return Stream.empty();
        }
    }

    private List<String> hosts() {
        String config = environment.getOrDefault(Environment.SSH_CONFIG, "");
        Path file = config.isBlank() ? Path.of(System.getProperty("user.home"), ".ssh", "config") : Path.of(config);
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            List<String> hosts = new ArrayList<>();
            lines.limit(MOST).map(HOST::matcher).filter(Matcher::matches)
                    .forEach(line -> hosts.addAll(List.of(line.group(1).strip().split("\\s+", -1))));
            return hosts.stream().filter(name -> NAME.matcher(name).matches()).toList();
        } catch (IOException _) {
            return List.of();
        }
    }
}

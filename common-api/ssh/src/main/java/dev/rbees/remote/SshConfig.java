package dev.rbees.remote;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.rbees.api.error.RbeesException;

/**
 * The user's SSH configuration, read anew for each connection and understood as {@code ssh} does: the first value of a keyword
 * counts, blocks begin with {@code Host} or {@code Match}, files are included in their place. A mistake is told to those who
 * ask for a host that it concerns, and to nobody else. Programs that the configuration names are never run.
 *
 * @param files in the order in which they count; they need not exist
 * @param folder {@code ~/.ssh}
 * @param localUser who we are on this machine
 */
record SshConfig(List<Path> files, Path folder, String localUser) {

    private static final Path SYSTEM = Path.of("/etc/ssh/ssh_config");
    private static final List<String> GLOBAL_KNOWN_HOSTS = List.of("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2");
    private static final List<String> USER_KNOWN_HOSTS = List.of("~/.ssh/known_hosts", "~/.ssh/known_hosts2");
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.%a-z0-9]*");

    SshConfig {
        files = List.copyOf(files);
    }

    /** why: a file that the user names stands alone, as with {@code ssh -F}; the usual one is completed by the machine's. */
    static SshConfig of(SshSettings settings) {
        boolean isUsual = settings.config().equals(settings.folder().resolve("config"));
        return new SshConfig(isUsual ? List.of(settings.config(), SYSTEM) : List.of(settings.config()), settings.folder(),
                settings.user());
    }

    /**
     * What it says about a host.
     *
     * @throws RbeesException INVALID_REQUEST when a line that concerns the host is wrong, or asks for what rbees does not do;
     *     the message names file and line
     */
    SshHostConfig of(RemoteHost host) {
        SshConfigReading reading = new SshConfigReading(folder, localUser, host);
        files.forEach(file -> reading.read(file, folder));
        if (reading.wantsFinalPass()) {
            reading.beginFinalPass(hostName(reading, host.name()));
            files.forEach(file -> reading.read(file, folder));
        }
        return settings(reading, host);
    }

    private SshHostConfig settings(SshConfigReading reading, RemoteHost host) {
        String strict = reading.word("stricthostkeychecking").orElse("ask").toLowerCase(Locale.ROOT);
        return new SshHostConfig(host.name(), hostName(reading, host.name()), port(reading, host),
                host.user().or(() -> reading.word("user")).orElse(localUser), reading.identityFiles(),
                isYes(reading, "identitiesonly"),
                none(reading.words("userknownhostsfile").orElse(USER_KNOWN_HOSTS)),
                none(reading.words("globalknownhostsfile").orElse(GLOBAL_KNOWN_HOSTS)),
                reading.word("hostkeyalias").map(alias -> alias.toLowerCase(Locale.ROOT)).orElse(""), jumps(reading),
                reading.word("identityagent"), strict.equals("yes") || strict.equals("true"),
                isYes(reading, "hashknownhosts"));
    }

    /** The name to dial; letters become small, as in known_hosts. */
    static String hostName(SshConfigReading reading, String original) {
        String name = reading.finalHostName()
                .or(() -> reading.word("hostname").map(value -> value.replace("%%", "\0").replace("%h", original)
                        .replace('\0', '%')))
                .orElse(original);
        return ADDRESS.matcher(name).matches() ? name : name.toLowerCase(Locale.ROOT);
    }

    private static int port(SshConfigReading reading, RemoteHost host) {
        return host.port().or(() -> reading.line("port").map(SshConfig::port)).orElse(SshHostConfig.USUAL_PORT);
    }

    private static int port(SshConfigLine line) {
        String text = line.word();
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        if (port < 1 || port > 65535) {
            throw line.wrong("names no port: " + text);
        }
        return port;
    }

    private static boolean isYes(SshConfigReading reading, String keyword) {
        Optional<SshConfigLine> line = reading.line(keyword);
        String value = line.map(SshConfigLine::word).orElse("no").toLowerCase(Locale.ROOT);
        if (!List.of("yes", "no", "true", "false").contains(value)) {
            throw line.orElseThrow().wrong("says neither yes nor no: " + value);
        }
        return value.equals("yes") || value.equals("true");
    }

    private static List<String> none(List<String> files) {
        return files.size() == 1 && files.getFirst().equalsIgnoreCase("none") ? List.of() : files;
    }

    /** why: of ProxyJump and ProxyCommand the one that stands first counts, whatever the other says. */
    private static List<String> jumps(SshConfigReading reading) {
        Optional<SshConfigLine> proxy = reading.line(SshConfigReading.PROXY);
        if (proxy.isEmpty() || proxy.get().word().equalsIgnoreCase("none")) {
            return List.of();
        }
        SshConfigLine line = proxy.get();
        if (line.keyword().equals("proxycommand")) {
            throw line.wrong("reaches the host through a ProxyCommand, which rbees does not run; use ProxyJump");
        }
        return Arrays.stream(line.word().split(",", -1)).map(String::strip).toList();
    }
}

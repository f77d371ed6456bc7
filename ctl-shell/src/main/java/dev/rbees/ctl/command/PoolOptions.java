package dev.rbees.ctl.command;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.remote.RemoteHost;

/** The options that describe a pool. */
final class PoolOptions {

    static final OptionSpec HOST = OptionSpec.optional("host", "host",
            "host, user@host, host:port or an alias of the SSH configuration; as before for a pool that is registered")
            .among(Candidates.HOSTS);

    static final List<OptionSpec> ALL = List.of(HOST,
            OptionSpec.optional("user", "name", "who logs in there (default: as the SSH configuration says)"),
            OptionSpec.optional("port", "number", "of its sshd (default: as the SSH configuration says)"),
            OptionSpec.optional("path", "folder",
                    "folder there that holds rbees-pool, from / or ~/; of a checkout, its bin (default: found by itself)"),
            OptionSpec.repeatable("label", "key=value", "what you say of it, such as room=cellar"),
            OptionSpec.flag("on-demand", "the orchestrator may start and stop workers there"),
            OptionSpec.flag("tunnel", "its workers are reached through SSH, so that no port of them is open"),
            OptionSpec.optional("key-file", "path", "private key by which you log in (default: agent and SSH configuration)")
                    .among(Candidates.FILES));

    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");
    private static final Pattern LABEL = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._/-]{0,62})=([^\\p{Cntrl}]{0,200})");
    private static final int MOST_LABELS = 64;

    private PoolOptions() {}

    /**
     * The pool that the command line describes: what it does not say is as before, unless it names another host.
     *
     * @param before what is registered under this id
     * @throws UsageException when a value is wrong, or nothing says where it is
     */
    static PoolRegistration registration(String id, CommandLine line, Optional<PoolRegistration> before) {
        RemoteHost named = line.option("host").map(RemoteHost::parse).orElse(null);
        PoolRegistration old = before.filter(pool -> named == null || pool.host().equals(named.name())).orElse(null);
        String host = named == null ? before.map(PoolRegistration::host).orElse("") : named.name();
        if (host.isEmpty()) {
            throw new UsageException("--host is missing: where the pool '" + id + "' is");
        }
        Optional<String> user = chosen("user", line.option("user"), named == null ? Optional.empty() : named.user());
        Optional<Integer> port = chosen("port", line.integer("port", 1, 65535),
                named == null ? Optional.empty() : named.port());
        user.filter(name -> !USER.matcher(name).matches()).ifPresent(name -> {
            throw new UsageException("--user must be a user's name (got '" + Printable.text(name) + "')");
        });
        return new PoolRegistration(id, host, port.orElse(old == null ? null : old.port()),
                user.orElse(old == null ? null : old.user()), path(line).orElse(old == null ? null : old.path()),
                labels(line, old), line.flag("on-demand") || (old != null && old.onDemand()),
                line.flag("tunnel") || (old != null && old.tunnel()), List.of(),
                keyFile(line).orElse(old == null ? null : old.keyFile()));
    }

    private static <T> Optional<T> chosen(String name, Optional<T> option, Optional<T> inHost) {
        if (option.isPresent() && inHost.isPresent() && !option.equals(inHost)) {
            throw new UsageException("--" + name + " says something else than --host");
        }
        return option.or(() -> inHost);
    }

    private static Optional<String> path(CommandLine line) {
        Optional<String> path = line.option("path");
        path.filter(folder -> !folder.matches("(/|~/)[^\\p{Cntrl}]*")).ifPresent(folder -> {
            throw new UsageException("--path must begin with / or ~/ (got '" + Printable.text(folder) + "')");
        });
        return path;
    }

    private static Map<String, String> labels(CommandLine line, @Nullable PoolRegistration old) {
        Map<String, String> labels = new LinkedHashMap<>(old == null ? Map.of() : old.labels());
        for (String label : line.options("label")) {
            Matcher parts = LABEL.matcher(label);
            if (!parts.matches()) {
                throw new UsageException(
                        "--label must be key=value, such as room=cellar (got '" + Printable.text(label) + "')");
            }
            labels.put(parts.group(1), parts.group(2));
        }
        if (labels.size() > MOST_LABELS) {
            throw new UsageException("a pool has at most " + MOST_LABELS + " labels");
        }
        return labels;
    }

    private static Optional<String> keyFile(CommandLine line) {
        Optional<Path> file = line.option("key-file").map(Path::of).map(Path::toAbsolutePath);
        file.filter(path -> !path.toFile().canRead()).ifPresent(path -> {
            throw new UsageException("--key-file " + Printable.text(path.toString()) + " cannot be read");
        });
        return file.map(path -> path.normalize().toString());
    }
}

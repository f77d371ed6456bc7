package dev.rbees.orchestrator.pool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.pool.KnownPool.Origin;
import dev.rbees.remote.PoolsFile;

/**
 * Which pools there are from the start on.
 *
 * @param fixed pools that stand in a file
 * @param local whether this machine is a pool, too
 * @param environment by which other machines, and the programs of this one, are found
 */
public record PoolSettings(List<PoolRegistration> fixed, boolean local, Map<String, String> environment) {

    /** The file in {@code RBEES_HOME} that is read when none is named. */
    public static final String USUAL_FILE = "orchestrator.toml";

    /** Id of the pool that is this machine. */
    public static final String LOCAL = "local";

    public PoolSettings {
        fixed = List.copyOf(fixed);
        environment = Map.copyOf(environment);
    }

    /**
     * @param file that is named; empty for the usual one, which need not be there
     * @param alone whether this machine is a pool when the file names none
     * @throws UsageException when the file cannot be read, with the place and the reason
     */
    public static PoolSettings of(Optional<String> file, RbeesHome home, boolean alone, Map<String, String> environment) {
        Path path = file.map(Path::of).orElseGet(() -> home.root().resolve(USUAL_FILE));
        if (file.isPresent() && !Files.isRegularFile(path)) {
            throw new UsageException("--pools-file: there is no file " + Printable.line(file.get()));
        }
        try {
            List<PoolRegistration> fixed = new PoolsFile(path).read();
            if (fixed.size() > PoolRegistry.MOST) {
                throw new UsageException(path + " has more than " + PoolRegistry.MOST + " pools");
            }
            return new PoolSettings(fixed, alone && fixed.isEmpty(), environment);
        } catch (RbeesException e) {
            throw new UsageException(e.userMessage());
        }
    }

    /** The pools that nobody can register or remove. */
    public List<KnownPool> pools() {
        return local
                ? List.of(new KnownPool(new PoolRegistration(LOCAL, "localhost", null, null, null, Map.of(), true, false,
                        List.of(), null), Origin.LOCAL, false))
                : fixed.stream().map(pool -> new KnownPool(pool, Origin.FILE, false)).toList();
    }
}

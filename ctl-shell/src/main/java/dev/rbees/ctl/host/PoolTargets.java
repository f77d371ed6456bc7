package dev.rbees.ctl.host;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.cli.UsageException;
import dev.rbees.remote.PoolsFile;
import dev.rbees.remote.RemoteHost;

/**
 * Finds the machines that the operator names.
 *
 * @param file the registered pools
 */
public record PoolTargets(PoolsFile file) {

    /**
     * The machines, each once, in the order in which they were named.
     *
     * @param names ids of pools, aliases of the SSH configuration or host names; several with commas
     * @param all whether every registered pool is meant as well
     * @throws UsageException when none is named, or all are and there are none
     * @throws dev.rbees.api.error.RbeesException INVALID_REQUEST when a name can be no host
     */
    public List<PoolTarget> named(List<String> names, boolean all) {
        Map<String, PoolRegistration> pools = file.read().stream()
                .collect(Collectors.toMap(PoolRegistration::id, Function.identity()));
        Map<String, PoolTarget> targets = new LinkedHashMap<>();
        names.stream().flatMap(word -> Stream.of(word.split(",", -1))).forEach(name -> {
            PoolRegistration pool = pools.get(name);
            targets.putIfAbsent(name, pool == null ? PoolTarget.of(RemoteHost.parse(name)) : PoolTarget.of(pool));
        });
        if (all) {
            file.read().forEach(pool -> targets.putIfAbsent(pool.id(), PoolTarget.of(pool)));
        }
        if (targets.isEmpty()) {
            throw new UsageException(all
                    ? "no pools are registered; 'rbees pool register <id> --host <host>' does that"
                    : "--host is missing: a pool's id, a host or an alias of the SSH configuration; or --all for every"
                            + " registered pool");
        }
        return List.copyOf(targets.values());
    }
}

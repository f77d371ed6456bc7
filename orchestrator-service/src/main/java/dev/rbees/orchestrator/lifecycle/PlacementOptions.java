package dev.rbees.orchestrator.lifecycle;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.rbees.cli.CommandLine;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.orchestrator.placement.EvictionOrder;
import dev.rbees.orchestrator.placement.Keeping;
import dev.rbees.orchestrator.placement.PlacementSettings;

/** The options that say how workers are started on pools, and when they go again. */
final class PlacementOptions {

    private static final PlacementSettings USUAL = PlacementSettings.USUAL;
    private static final int MOST_REPLICAS = 64;
    private static final String FOREVER = "forever";

    static final OptionSpec EVICTION = OptionSpec.optional("eviction", "order",
            "which worker makes room for a model that waits: lru, lfu, or manual for none (default: lru)");
    static final OptionSpec KEEP_ALIVE = OptionSpec.optional("keep-alive", "times",
            "how long a worker without work stays: a number and s, m, h or d, or forever; for single models after a comma, as in"
                    + " 10m,llama3.2-1b=1h (default: 10m)");
    static final OptionSpec PIN = OptionSpec.optional("pin", "models",
            "models whose workers make room for nobody, with commas between");
    static final OptionSpec REPLICAS = OptionSpec.optional("replicas", "number",
            "workers of one model at most, when its queue stays long (default: " + USUAL.replicas() + ")");
    static final OptionSpec NO_DOWNLOADS = OptionSpec.flag("no-downloads",
            "start models only where their files are already");

    private PlacementOptions() {}

    /** @throws UsageException when a value is wrong */
    static PlacementSettings of(CommandLine line) {
        Optional<Duration> usual = USUAL.keeping().usual();
        Map<String, Optional<Duration>> models = new HashMap<>();
        for (String part : parts(line, "keep-alive").toList()) {
            int equals = part.lastIndexOf('=');
            if (equals < 0) {
                usual = time(part);
            } else {
                models.put(part.substring(0, equals).strip(), time(part.substring(equals + 1).strip()));
            }
        }
        Set<String> pinned = parts(line, "pin").collect(Collectors.toSet());
        return USUAL.with(line.choice("eviction", EvictionOrder.class).orElse(USUAL.eviction()), !line.flag("no-downloads"),
                new Keeping(usual, models, pinned), line.integer("replicas", 1, MOST_REPLICAS).orElse(USUAL.replicas()));
    }

    private static Stream<String> parts(CommandLine line, String option) {
        return line.option(option).stream().flatMap(all -> Arrays.stream(all.split(",", -1))).map(String::strip)
                .filter(part -> !part.isEmpty());
    }

    /** Empty for ever. */
    private static Optional<Duration> time(String text) {
        if (text.equals(FOREVER)) {
            return Optional.empty();
        }
        return Optional.of(TimeSpan.parse(text).orElseThrow(() -> new UsageException(
                "--keep-alive must be a number and s, m, h or d, or forever, for example 10m,llama3.2-1b=1h (got '"
                        + Printable.text(text) + "')")));
    }
}

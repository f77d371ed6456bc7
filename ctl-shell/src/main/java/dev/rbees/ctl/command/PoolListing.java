package dev.rbees.ctl.command;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.api.pool.PoolState;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.pool.PoolView;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;

/** How registered pools are printed. */
final class PoolListing {

    private static final InstantSource CLOCK = InstantSource.system();

    static final Listing<Row> PRINTED = new Listing<>(Row::id, List.of(
            Column.text("POOL", Row::id),
            Column.text("HOST", row -> row.user() == null ? row.host() : row.user() + "@" + row.host()),
            Column.number("PORT", Row::port),
            Column.text("LABELS", row -> labels(row.labels())),
            Column.word("ON DEMAND", row -> row.onDemand() ? "yes" : "no"),
            Column.word("TUNNEL", row -> row.tunnel() ? "yes" : "no"),
            Column.word("STATE", row -> row.state() == null ? null : row.state().name().toLowerCase(Locale.ROOT)),
            Column.age("LAST SEEN", Row::lastSeenAt, CLOCK),
            Column.sentence("PROBLEM", Row::problem)));

    private PoolListing() {}

    /**
     * A pool as the operator's file and the orchestrator know it.
     *
     * @param id its name
     * @param registered whether it stands in the operator's {@code pools.toml}
     * @param host where it is, as the operator named it, else as the orchestrator knows it
     * @param port of its sshd; null for the configured one
     * @param user who logs in; null for the configured one
     * @param path folder there that is looked into first; null for none
     * @param labels what the owner says of it
     * @param onDemand whether the orchestrator may start and stop workers there
     * @param tunnel whether its workers are reached through SSH
     * @param hostKeys pinned keys
     * @param keyFile private key of the operator; null for the configured ones
     * @param state its health; null when no orchestrator tells
     * @param problem why it is unreachable or failed
     * @param lastSeenAt its last good answer to the orchestrator
     * @param status that answer
     */
    record Row(String id, boolean registered, String host, @Nullable Integer port, @Nullable String user,
            @Nullable String path, Map<String, String> labels, boolean onDemand, boolean tunnel, List<String> hostKeys,
            @Nullable String keyFile, @Nullable PoolState state, @Nullable String problem, @Nullable Instant lastSeenAt,
            @Nullable PoolStatus status) {

        static Row of(PoolRegistration pool, @Nullable PoolView view) {
            return new Row(pool.id(), true, pool.host(), pool.port(), pool.user(), pool.path(), new TreeMap<>(pool.labels()),
                    pool.onDemand(), pool.tunnel(), pool.hostKeys(), pool.keyFile(), view == null ? null : view.state(),
                    view == null ? null : view.problem(), view == null ? null : view.lastSeenAt(),
                    view == null ? null : view.status());
        }

        /** One that only the orchestrator knows. */
        static Row of(PoolView view) {
            return new Row(view.id(), false, view.host(), null, null, null, new TreeMap<>(view.labels()), view.onDemand(),
                    view.tunnel(), List.of(), null, view.state(), view.problem(), view.lastSeenAt(), view.status());
        }
    }

    private static String labels(Map<String, String> labels) {
        return labels.entrySet().stream().map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(" "));
    }
}

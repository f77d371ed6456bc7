package dev.rbees.ctl.top;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.pool.PoolStatus;
import dev.rbees.cli.Printable;
import dev.rbees.shell.render.Amounts;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;

/** Lays an overview out in lines that fit a screen. */
public final class OverviewScreen {

    /** How many lines a part keeps, its head included, before others give lines to it. */
    private static final int LEAST = 3;

    private static final Listing<Overview.Worker> WORKERS = new Listing<>(Overview.Worker::workerId, List.of(
            Column.text("WORKER", Overview.Worker::workerId),
            Column.text("MACHINE", Overview.Worker::machine),
            Column.word("STATUS", worker -> worker.status().wireName()),
            Column.text("MODEL", Overview.Worker::model),
            Column.word("BACKEND", worker -> worker.backend().wireName()),
            Column.number("BUSY", worker -> worker.slotsBusy() + "/" + worker.slotsTotal()),
            Column.number("TOKENS/S", worker -> rate(worker.tokensPerSecond()))));

    private static final Listing<Overview.Waiting> QUEUE = new Listing<>(Overview.Waiting::model, List.of(
            Column.text("WAITING FOR", Overview.Waiting::model),
            Column.word("CLASS", waiting -> waiting.priority().wireName()),
            Column.number("TASKS", Overview.Waiting::tasks)));

    private final Listing<Row> machines;

    /** A machine, or one more device of the machine above. */
    private record Row(Overview.Machine machine, PoolStatus.@Nullable Gpu device, boolean first) {}

    /** @param clock for how long ago something was */
    public OverviewScreen(InstantSource clock) {
        machines = new Listing<>(row -> row.machine().id(), List.of(
                Column.text("MACHINE", row -> row.first() ? row.machine().id() : null),
                Column.word("STATE", row -> row.first() ? row.machine().state().name().toLowerCase(Locale.ROOT) : null),
                Column.age("SEEN", row -> row.first() ? row.machine().lastSeenAt() : null, clock),
                Column.number("MEMORY FREE", row -> row.first() ? memory(row.machine().memory()) : null),
                Column.text("DEVICE", row -> row.device() == null ? null : row.device().index() + " " + row.device().name()),
                Column.number("FREE", row -> row.device() == null ? null : memory(row.device())),
                Column.text("PROBLEM", row -> row.first() ? row.machine().problem() : null)));
    }

    /**
     * The lines.
     *
     * @param columns how long a line may be
     * @param rows how many lines there may be
     */
    public List<String> lines(Overview overview, int columns, int rows) {
        List<List<String>> parts = Stream.of(
                machines.lines(overview.machines().stream().flatMap(OverviewScreen::rows).toList(), columns),
                WORKERS.lines(overview.workers(), columns), QUEUE.lines(overview.queue(), columns))
                .filter(part -> !part.isEmpty()).toList();
        List<String> head = head(overview);
        // why: a blank line stands before each part
        int room = rows - head.size() - parts.size();
        List<String> lines = new ArrayList<>(head);
        int[] heights = heights(parts.stream().mapToInt(List::size).toArray(), room);
        for (int i = 0; i < heights.length; i++) {
            lines.add("");
            lines.addAll(cut(parts.get(i), heights[i]));
        }
        return lines.stream().limit(rows).toList();
    }

    private static List<String> head(Overview overview) {
        Overview.Totals totals = overview.totals();
        String tokens = totals.tokensPerSecond() == null ? "" : ", " + rate(totals.tokensPerSecond()) + " tokens/s";
        return List.of("rbees  " + Printable.text(overview.orchestrator()) + "  " + Printable.text(overview.status()),
                counted(overview.machines().size(), "machine") + " (" + totals.machines() + " online), "
                        + counted(totals.workers(), "worker") + ", " + totals.slotsBusy() + " of " + totals.slotsTotal()
                        + " slots busy" + tokens,
                "waiting: " + totals.interactive() + " interactive, " + totals.batch() + " batch");
    }

    private static String counted(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static Stream<Row> rows(Overview.Machine machine) {
        return machine.devices().isEmpty()
                ? Stream.of(new Row(machine, null, true))
                : IntStream.range(0, machine.devices().size())
                        .mapToObj(i -> new Row(machine, machine.devices().get(i), i == 0));
    }

    /** Takes lines from the longest part until all fit, or none has more than the least. */
    private static int[] heights(int[] wanted, int room) {
        int[] heights = wanted.clone();
        int sum = 0;
        for (int height : heights) {
            sum += height;
        }
        for (; sum > room; sum--) {
            int longest = longest(heights);
            if (longest < 0 || heights[longest] <= LEAST) {
                break;
            }
            heights[longest]--;
        }
        return heights;
    }

    private static int longest(int[] heights) {
        int longest = -1;
        for (int i = 0; i < heights.length; i++) {
            if (longest < 0 || heights[i] >= heights[longest]) {
                longest = i;
            }
        }
        return longest;
    }

    private static List<String> cut(List<String> part, int height) {
        if (part.size() <= height) {
            return part;
        }
        List<String> kept = new ArrayList<>(part.subList(0, height - 1));
        kept.add("… and " + (part.size() - height + 1) + " more");
        return kept;
    }

    private static @Nullable String rate(@Nullable Double perSecond) {
        return perSecond == null ? null : String.format(Locale.ROOT, "%.1f", perSecond);
    }

    private static @Nullable String memory(PoolStatus.@Nullable Memory memory) {
        return memory == null ? null : Amounts.bytes(memory.availableBytes()) + " of " + Amounts.bytes(memory.totalBytes());
    }

    private static String memory(PoolStatus.Gpu device) {
        Long free = device.vramFreeBytes();
        return (free == null ? "?" : Amounts.bytes(free)) + " of " + Amounts.bytes(device.vramTotalBytes());
    }
}

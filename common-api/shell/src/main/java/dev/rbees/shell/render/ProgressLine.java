package dev.rbees.shell.render;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * How far a transfer is: on a terminal one line that is rewritten, with percent, amounts, speed over the last seconds and
 * the time left; elsewhere one line for each tenth. Used by one thread.
 */
public final class ProgressLine {

    private static final Duration REDRAW = Duration.ofMillis(100);
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final int SAMPLES = 100;

    private final PrintStream err;
    private final boolean rewrite;
    private final InstantSource clock;
    private final Deque<Sample> window = new ArrayDeque<>();
    private String label = "";
    private long total;
    private long lastTenth;
    private int lastWidth;
    private int columns = Integer.MAX_VALUE;

    private record Sample(Instant at, long done) {}

    /** @param rewrite whether the line may be rewritten */
    public ProgressLine(PrintStream err, boolean rewrite, InstantSource clock) {
        this.err = err;
        this.rewrite = rewrite;
        this.clock = clock;
    }

    /**
     * Begins a transfer.
     *
     * @param name what is transferred
     * @param already bytes that an earlier run has left
     * @param wanted bytes in all, more than 0
     */
    public void begin(String name, long already, long wanted) {
        label = name;
        columns = rewrite ? TerminalStream.columns(err) : Integer.MAX_VALUE;
        total = wanted;
        lastTenth = already * 10 / wanted;
        window.clear();
        window.add(new Sample(clock.instant(), already));
        if (already > 0) {
            end();
            err.println(label + ": going on at " + Amounts.bytes(already) + " of " + Amounts.bytes(wanted));
            err.flush();
        }
    }

    /**
     * Says that so many bytes are there now.
     *
     * @throws RbeesException CANCELLED when the thread is interrupted, because reading and writing files is not
     */
    public void at(long done) {
        if (Thread.currentThread().isInterrupted()) {
            throw new RbeesException(ErrorCode.CANCELLED, label + " was interrupted");
        }
        Instant now = clock.instant();
        if (rewrite && (Duration.between(lastSample().at(), now).compareTo(REDRAW) >= 0 || done >= total)) {
            remember(new Sample(now, done));
            draw(line(done));
        } else if (!rewrite && done * 10 / total > lastTenth) {
            lastTenth = done * 10 / total;
            err.println("%s: %d%% (%s of %s)".formatted(label, lastTenth * 10, Amounts.bytes(done), Amounts.bytes(total)));
            err.flush();
        }
    }

    /** Ends the line, so that other text can follow. */
    public void end() {
        if (rewrite && lastWidth > 0) {
            err.println();
            err.flush();
            lastWidth = 0;
        }
    }

    private String line(long done) {
        Sample oldest = window.getFirst();
        double seconds = Duration.between(oldest.at(), lastSample().at()).toNanos() / 1e9;
        double speed = seconds > 0 ? (done - oldest.done()) / seconds : 0;
        String left = speed > 0 ? Amounts.time(Duration.ofSeconds((long) ((total - done) / speed))) + " left" : "";
        return String.format(Locale.ROOT, "%s %3d%%  %s of %s  %s/s  %s", label, done * 100 / total, Amounts.bytes(done),
                Amounts.bytes(total), Amounts.bytes((long) speed), left).stripTrailing();
    }

    private void draw(String whole) {
        // why: a line that a terminal breaks cannot be rewritten
        String text = whole.substring(0, Math.min(whole.length(), columns - 1));
        err.print("\r" + text + " ".repeat(Math.max(0, lastWidth - text.length())));
        err.flush();
        lastWidth = text.length();
    }

    private Sample lastSample() {
        return window.getLast();
    }

    private void remember(Sample sample) {
        window.addLast(sample);
        while (window.size() > SAMPLES || Duration.between(window.getFirst().at(), sample.at()).compareTo(WINDOW) > 0) {
            window.removeFirst();
        }
    }
}

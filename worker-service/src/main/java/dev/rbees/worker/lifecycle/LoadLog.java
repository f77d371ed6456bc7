package dev.rbees.worker.lifecycle;

import java.util.Locale;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.worker.graph.LoadProgress;

/** Passes on how far loading is and writes each quarter of a phase into the log. */
final class LoadLog implements LoadProgress {

    private static final Logger LOG = LoggerFactory.getLogger(LoadLog.class);
    private static final int PERCENT_STEP = 25;

    private final LoadProgress next;
    @GuardedBy("this")
    private Phase phase = Phase.VERIFY;
    @GuardedBy("this")
    private int said = -1;

    LoadLog(LoadProgress next) {
        this.next = next;
    }

    @Override
    public synchronized void report(Phase now, double done) {
        int percent = (int) (done * 100) / PERCENT_STEP * PERCENT_STEP;
        if (now != phase || percent > said) {
            phase = now;
            said = percent;
            LOG.info("model_load_progress: {} {} %", now.name().toLowerCase(Locale.ROOT), percent);
        }
        next.report(now, done);
    }
}

package dev.rbees.ctl.install;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;

/**
 * What was removed from a machine.
 *
 * @param host the machine as it was named
 * @param removed names of the versions
 * @param stopped how many programs were ended for it
 * @param home the folder with models and settings that stays, null when there is none
 */
public record UninstallReport(String host, List<String> removed, int stopped, @Nullable String home) {

    /** How reports are printed. */
    public static final Listing<UninstallReport> LISTING = new Listing<>(UninstallReport::host, List.of(
            Column.text("HOST", UninstallReport::host),
            Column.text("REMOVED", report -> String.join(", ", report.removed())),
            Column.number("STOPPED", UninstallReport::stopped),
            Column.text("KEPT", UninstallReport::home)));

    public UninstallReport {
        removed = List.copyOf(removed);
    }
}

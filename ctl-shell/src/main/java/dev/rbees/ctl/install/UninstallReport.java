package dev.rbees.ctl.install;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What was removed from a machine.
 *
 * @param host the machine as it was named
 * @param removed names of the versions
 * @param stopped how many programs were ended for it
 * @param home the folder with models and settings that stays, null when there is none
 */
public record UninstallReport(String host, List<String> removed, int stopped, @Nullable String home) {

    public UninstallReport {
        removed = List.copyOf(removed);
    }
}

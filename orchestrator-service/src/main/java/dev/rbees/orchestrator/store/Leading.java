package dev.rbees.orchestrator.store;

/**
 * What an orchestrator says of itself, and hears, while it leads.
 *
 * @param url where others find it; empty for one that shares with none
 * @param deposed runs when another orchestrator has taken over, so that nothing will be written here any more; returns at once
 */
public record Leading(String url, Runnable deposed) {

    /** One that shares with none. */
    public static final Leading ALONE = new Leading("", () -> {
    });
}

package dev.rbees.orchestrator.placement;

import java.util.List;

/** What is decided of a model, and why. */
public sealed interface PlacementStep {

    String model();

    /** Why, in a sentence without a full stop. */
    String reason();

    /**
     * A worker is started.
     *
     * @param bytes of the site's memory that it may take
     * @param download whether the files are not there yet
     */
    record Start(String model, Site site, long bytes, boolean download, String reason) implements PlacementStep {}

    /**
     * A worker gets no more tasks, and is stopped when it has none.
     *
     * @param model of the worker
     * @param site that is kept for the other model
     * @param room the model for which it makes room; empty when it only was idle
     */
    record Retire(String model, String workerId, Site site, String room, String reason) implements PlacementStep {}

    /**
     * Nothing can be done for a model at present.
     *
     * @param code {@code no_pool}, {@code no_files}, {@code no_room}, {@code its_turn} or {@code start_failed}
     * @param verdicts why not, for each site
     */
    record Wait(String model, String code, List<Verdict> verdicts) implements PlacementStep {

        @Override
        public String reason() {
            return code;
        }
    }

    /** Why a model is not started at a site, in some words. */
    record Verdict(Site site, String why) {}
}

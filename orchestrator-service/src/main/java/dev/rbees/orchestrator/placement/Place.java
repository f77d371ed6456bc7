package dev.rbees.orchestrator.placement;

import java.time.Instant;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A site at one moment.
 *
 * @param site which
 * @param freeBytes that nobody has and nobody was promised
 * @param capacityBytes that our workers may have together, when it is empty
 * @param files models whose files are there
 * @param residents workers there that may be stopped; those that are being stopped are left out
 * @param claimedBy the model for which room is being made there; null for none
 * @param nextSwap when the next worker may be stopped there for another model
 */
public record Place(Site site, long freeBytes, long capacityBytes, Set<String> files, List<Resident> residents,
        @Nullable String claimedBy, Instant nextSwap) {

    public Place {
        files = Set.copyOf(files);
        residents = List.copyOf(residents);
    }

    boolean claimedByAnother(String model) {
        return claimedBy != null && !claimedBy.equals(model);
    }

    /** After a worker was promised so much of it. */
    Place taking(long bytes) {
        return new Place(site, freeBytes - bytes, capacityBytes, files, residents, null, nextSwap);
    }

    /** While room is made there for a model: nothing else happens there. */
    Place claimedFor(String model, List<Resident> leaving) {
        return new Place(site, freeBytes, capacityBytes, files,
                residents.stream().filter(resident -> !leaving.contains(resident)).toList(), model, nextSwap);
    }
}

package dev.rbees.orchestrator.placement;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.rbees.orchestrator.placement.PlacementStep.Retire;
import dev.rbees.orchestrator.placement.PlacementStep.Start;
import dev.rbees.orchestrator.placement.PlacementStep.Verdict;
import dev.rbees.orchestrator.placement.PlacementStep.Wait;

/**
 * Decides what is started and what makes room: a pure function of what it is shown.
 *
 * <p>
 * Models take turns in the order of their oldest waiting task. A model goes where its files are, on a card before a processor, where
 * nobody else computes, and into the smallest room that is large enough. Where it fits nowhere, idle workers make room first; one that
 * works does so when it has had its turn and what still waits for it came later, and it ends what it has begun. A worker that has
 * served nobody yet is no idle one.
 */
public final class Placer {

    /** A turn is at least this many times what it takes to load the model that comes next. why: else loading would be most of the work. */
    private static final int LOADS_IN_A_TURN = 4;
    /** After so many turns a model goes before tasks that came earlier. why: nobody waits for ever. */
    private static final int TURNS_TO_WAIT = 4;
    /** Of the room that a model leaves, a worker may have the fourth part, and at most three times what it needs. */
    private static final int PART_OF_THE_REST = 4;
    private static final int MOST_TIMES = 3;
    /** Tasks that may wait for each slot before that is a long queue. */
    private static final int WAITING_PER_SLOT = 2;

    private final PlacementSettings settings;

    public Placer(PlacementSettings settings) {
        this.settings = settings;
    }

    /** Whether more tasks wait than can be taken up soon. */
    static boolean isLong(int waiting, int slots) {
        return waiting > WAITING_PER_SLOT * slots;
    }

    /**
     * What is to be done now.
     *
     * @param places sites that may be used
     * @param demands models that tasks wait for
     */
    public List<PlacementStep> decide(List<Place> places, List<Demand> demands, Instant now) {
        Round round = new Round(places, demands, now);
        List<Demand> inOrder = demands.stream()
                .sorted(Comparator.comparing(Demand::oldest).thenComparing(Demand::model)).toList();
        inOrder.stream().filter(demand -> demand.workers() == 0 && !demand.starting()).forEach(round::place);
        if (round.nobodyWaits()) {
            inOrder.stream().filter(round::deservesAnother).forEach(round::addWorker);
        }
        round.retireIdle();
        return round.steps;
    }

    /** Workers of one site that would make room. */
    private record Swap(Place place, List<Resident> leaving, long working) {}

    private final class Round {
        private final Map<Site, Place> places = new LinkedHashMap<>();
        private final Map<String, Demand> demands;
        private final Instant now;
        private final List<PlacementStep> steps = new ArrayList<>();

        Round(List<Place> places, List<Demand> demands, Instant now) {
            places.forEach(place -> this.places.put(place.site(), place));
            this.demands = demands.stream().collect(Collectors.toMap(Demand::model, Function.identity()));
            this.now = now;
        }

        boolean nobodyWaits() {
            return steps.stream().noneMatch(step -> step instanceof Wait || step instanceof Retire);
        }

        // ---- a model that no worker has

        void place(Demand demand) {
            if (demand.isPaused(now)) {
                steps.add(new Wait(demand.model(), "start_failed", List.of()));
                return;
            }
            best(demand).ifPresentOrElse(place -> start(demand, place, "tasks wait for it and no worker has it"),
                    () -> makeRoom(demand));
        }

        private void start(Demand demand, Place place, String why) {
            long needed = demand.bytesOn(place);
            // why: more slots and longer contexts where there is room for them, and something is left for the next model
            long bytes = Math.min(MOST_TIMES * needed, needed + (place.freeBytes() - needed) / PART_OF_THE_REST);
            steps.add(new Start(demand.model(), place.site(), bytes, !place.files().contains(demand.model()), why));
            places.put(place.site(), place.taking(bytes));
        }

        private Optional<Place> best(Demand demand) {
            return places.values().stream()
                    .filter(place -> mayHave(demand, place) && demand.bytesOn(place) <= place.freeBytes())
                    .min(Comparator.comparing((Place place) -> !place.files().contains(demand.model()))
                            .thenComparing(place -> !place.site().isCard())
                            .thenComparing(place -> place.residents().stream().anyMatch(Resident::busy))
                            .thenComparingLong(Place::freeBytes).thenComparing(place -> place.site().toString()));
        }

        private boolean mayHave(Demand demand, Place place) {
            return !place.claimedByAnother(demand.model()) && !demand.isRefusedAt(place.site(), now)
                    && mayGet(demand, place);
        }

        /** Whether its files are there or may come there. */
        private boolean mayGet(Demand demand, Place place) {
            return place.files().contains(demand.model()) || (settings.download() && demand.downloadable());
        }

        // ---- room for it

        private void makeRoom(Demand demand) {
            if (places.values().stream().anyMatch(place -> demand.model().equals(place.claimedBy()))) {
                steps.add(new Wait(demand.model(), "making_room", List.of()));
                return;
            }
            Optional<Swap> swap = settings.eviction() == EvictionOrder.MANUAL ? Optional.empty()
                    : places.values().stream().map(place -> swap(demand, place)).filter(Objects::nonNull)
                            .min(Comparator.comparingLong(Swap::working)
                                    .thenComparing(found -> !found.place().files().contains(demand.model()))
                                    .thenComparing(found -> !found.place().site().isCard())
                                    .thenComparingInt(found -> found.leaving().size())
                                    .thenComparing(found -> found.place().site().toString()));
            swap.ifPresentOrElse(found -> retire(demand, found),
                    () -> steps.add(new Wait(demand.model(), code(demand), verdicts(demand))));
        }

        private void retire(Demand demand, Swap swap) {
            Site site = swap.place().site();
            swap.leaving().forEach(resident -> steps.add(new Retire(resident.model(), resident.workerId(), site,
                    demand.model(), "makes room for " + demand.model() + ", whose tasks have waited for "
                            + Duration.between(demand.oldest(), now).toSeconds() + " s")));
            places.put(site, swap.place().claimedFor(demand.model(), swap.leaving()));
        }

        /** Who would have to leave a site; null when that does not help, or is not allowed. */
        private @Nullable Swap swap(Demand demand, Place place) {
            if (!mayHave(demand, place) || place.claimedBy() != null || place.nextSwap().isAfter(now)) {
                return null;
            }
            List<Resident> leaving = new ArrayList<>();
            long free = place.freeBytes();
            long needed = demand.bytesOn(place);
            for (Resident resident : place.residents().stream().filter(one -> mustLeave(one, demand))
                    .sorted(Comparator.comparing(this::works).thenComparing(settings.eviction().order(now))).toList()) {
                if (free < needed) {
                    leaving.add(resident);
                    free += resident.bytes();
                }
            }
            return free < needed ? null : new Swap(place, leaving, leaving.stream().filter(this::works).count());
        }

        private boolean works(Resident resident) {
            return resident.busy() || demands.containsKey(resident.model());
        }

        /** Whether a worker has had its turn. */
        private boolean mustLeave(Resident resident, Demand demand) {
            if (resident.pinned() || resident.model().equals(demand.model())) {
                return false;
            }
            boolean hadTurn = resident.since(now).compareTo(turnBefore(demand)) >= 0;
            if (!works(resident)) {
                return hadTurn || resident.served() > 0;
            }
            Demand own = demands.get(resident.model());
            return hadTurn && (own == null || demand.oldest().isBefore(own.oldest())
                    || !demand.oldest().plus(turnBefore(demand).multipliedBy(TURNS_TO_WAIT)).isAfter(now));
        }

        private Duration turnBefore(Demand next) {
            Duration loads = next.loadTime().multipliedBy(LOADS_IN_A_TURN);
            return loads.compareTo(settings.turn()) > 0 ? loads : settings.turn();
        }

        // ---- why not

        private String code(Demand demand) {
            if (places.isEmpty()) {
                return "no_pool";
            }
            List<Place> having = places.values().stream()
                    .filter(place -> mayGet(demand, place)).toList();
            if (having.isEmpty()) {
                return "no_files";
            }
            return having.stream().noneMatch(place -> demand.bytesOn(place) <= place.capacityBytes())
                    ? "too_large"
                    : "no_room";
        }

        private List<Verdict> verdicts(Demand demand) {
            return places.values().stream().map(place -> new Verdict(place.site(), verdict(demand, place))).toList();
        }

        private String verdict(Demand demand, Place place) {
            long needed = demand.bytesOn(place);
            if (!mayGet(demand, place)) {
                return settings.download() ? "its files are not there, and no pool can download it"
                        : "its files are not there, and downloads are not allowed";
            }
            if (demand.isRefusedAt(place.site(), now)) {
                return "a start failed there a moment ago";
            }
            if (place.claimedByAnother(demand.model())) {
                return "room is being made there for " + place.claimedBy();
            }
            if (needed > place.capacityBytes()) {
                return "it needs " + needed + " bytes, and there are " + place.capacityBytes();
            }
            if (place.nextSwap().isAfter(now)) {
                return "a worker made room there a moment ago";
            }
            return "it needs " + needed + " bytes, " + Math.max(0, place.freeBytes())
                    + " are free, and the workers there have not had their turn yet or are pinned";
        }

        // ---- another worker of a model

        boolean deservesAnother(Demand demand) {
            return demand.workers() > 0 && !demand.starting() && demand.workers() < settings.replicas()
                    && demand.longSince() != null && !demand.isPaused(now)
                    && !demand.longSince().plus(settings.longQueue()).isAfter(now);
        }

        void addWorker(Demand demand) {
            best(demand).ifPresent(place -> start(demand, place, demand.waiting() + " tasks wait for the "
                    + demand.slots() + " slots of its workers"));
        }

        // ---- workers without work

        void retireIdle() {
            for (Place place : places.values()) {
                place.residents().stream()
                        .filter(resident -> resident.idleTooLong(now) && !demands.containsKey(resident.model()))
                        .forEach(resident -> steps.add(new Retire(resident.model(), resident.workerId(), place.site(), "",
                                "it had no work for " + Duration.between(resident.lastUsed(), now).toSeconds() + " s")));
            }
        }
    }
}

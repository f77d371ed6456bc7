package dev.rbees.orchestrator.placement;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.rbees.orchestrator.placement.PlacementStep.Retire;
import dev.rbees.orchestrator.placement.PlacementStep.Start;
import dev.rbees.orchestrator.placement.PlacementStep.Wait;

import static org.assertj.core.api.Assertions.assertThat;

/** What is decided, and why, from a moment that is written down. */
class PlacerTest {

    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final long GIGABYTE = 1_000_000_000L;
    private static final Duration MINUTES = Duration.ofMinutes(10);

    private final Placer placer = new Placer(PlacementSettings.USUAL);

    private static Demand wants(String model, long gigabytes, int seconds) {
        return new Demand(model, gigabytes * GIGABYTE, gigabytes * GIGABYTE, 1, NOW.minusSeconds(seconds), 0, 0, false, null,
                null, Map.of(), Duration.ofSeconds(5), true);
    }

    private static Place place(Site site, long freeGigabytes, Set<String> files, Resident... residents) {
        return place(site, freeGigabytes, files, null, Instant.MIN, residents);
    }

    private static Place place(Site site, long freeGigabytes, Set<String> files, @Nullable String claimedBy,
            Instant nextSwap,
            Resident... residents) {
        return new Place(site, freeGigabytes * GIGABYTE, 16 * GIGABYTE, files, List.of(residents), claimedBy, nextSwap);
    }

    private static Resident resident(String model, long gigabytes, boolean busy, int sinceSeconds, long served) {
        return new Resident("od-" + model, model, gigabytes * GIGABYTE, busy, NOW.minusSeconds(sinceSeconds),
                NOW.minusSeconds(1), served, MINUTES, false);
    }

    private PlacementStep only(List<Place> places, Demand... demands) {
        List<PlacementStep> steps = placer.decide(places, List.of(demands), NOW);
        assertThat(steps).hasSize(1);
        return steps.getFirst();
    }

    private static Site cpu(String pool) {
        return Site.processor(pool);
    }

    @Test
    void startsAModelWhereItsFilesAreThoughAnotherPoolHasMoreRoom() {
        Start start = (Start) only(List.of(place(cpu("big"), 15, Set.of()), place(cpu("small"), 4, Set.of("m"))),
                wants("m", 3, 1));
        assertThat(start.site()).isEqualTo(cpu("small"));
        assertThat(start.download()).isFalse();
        assertThat(start.bytes()).as("what it needs, and a quarter of the rest").isEqualTo(3_250_000_000L);
    }

    @Test
    void aCardGoesBeforeAProcessorAndCostsWhatCudaTakes() {
        Start start = (Start) only(
                List.of(place(cpu("desk"), 15, Set.of("m")), place(Site.card("desk", 0), 8, Set.of("m"))), wants("m", 3, 1));
        assertThat(start.site()).hasToString("desk/cuda:0");
        assertThat(start.bytes()).isEqualTo(3 * GIGABYTE + Capacity.CUDA_CONTEXT + 1_100_000_000L);
        Start tight = (Start) only(
                List.of(place(cpu("desk"), 15, Set.of("m")), place(Site.card("desk", 0), 3, Set.of("m"))), wants("m", 3, 1));
        assertThat(tight.site()).as("the card has no room for the model and for CUDA").isEqualTo(cpu("desk"));
    }

    @Test
    void takesTheSmallestRoomThatIsLargeEnough() {
        Start start = (Start) only(List.of(place(cpu("a"), 15, Set.of("m")), place(cpu("b"), 4, Set.of("m")),
                place(cpu("c"), 2, Set.of("m"))), wants("m", 3, 1));
        assertThat(start.site()).isEqualTo(cpu("b"));
    }

    @Test
    void twoModelsAreNotPromisedTheSameRoom() {
        List<PlacementStep> steps = placer.decide(List.of(place(cpu("a"), 4, Set.of("m", "n"))),
                List.of(wants("m", 3, 1), wants("n", 3, 2)), NOW);
        assertThat(steps.getFirst()).isInstanceOf(Start.class).extracting(PlacementStep::model).as("who waits longer")
                .isEqualTo("n");
        assertThat(steps.getLast()).isInstanceOf(Wait.class);
    }

    @Test
    void downloadsOnlyWhenThatIsAllowed() {
        List<Place> nowhere = List.of(place(cpu("a"), 15, Set.of()));
        assertThat(((Start) only(nowhere, wants("m", 3, 1))).download()).isTrue();
        PlacementSettings usual = PlacementSettings.USUAL;
        Wait wait = (Wait) new Placer(usual.with(usual.eviction(), false, usual.keeping(), 4))
                .decide(nowhere, List.of(wants("m", 3, 1)), NOW).getFirst();
        assertThat(wait.code()).isEqualTo("no_files");
        assertThat(wait.verdicts().getFirst().why()).contains("downloads are not allowed");
    }

    @Test
    void anIdleWorkerMakesRoomTheOneUsedLongestAgoFirst() {
        Resident older = new Resident("od-old", "old", 4 * GIGABYTE, false, NOW.minusSeconds(100), NOW.minusSeconds(50), 3,
                MINUTES, false);
        Retire retire = (Retire) only(
                List.of(place(cpu("a"), 2, Set.of("m"), resident("new", 4, false, 100, 3), older)), wants("m", 5, 9));
        assertThat(retire.workerId()).isEqualTo("od-old");
        assertThat(retire.room()).isEqualTo("m");
        assertThat(retire.reason()).isEqualTo("makes room for m, whose tasks have waited for 9 s");
    }

    @Test
    void aPinnedWorkerOneThatServedNobodyYetAndOneInItsTurnStay() {
        Resident pinned = new Resident("od-p", "p", 9 * GIGABYTE, false, NOW.minusSeconds(999), NOW.minusSeconds(999), 1,
                null,
                true);
        Resident fresh = resident("f", 9, false, 5, 0);
        Resident atWork = resident("w", 9, true, 10, 7);
        for (Resident stays : List.of(pinned, fresh, atWork)) {
            Wait wait = (Wait) only(List.of(place(cpu("a"), 1, Set.of("m"), stays)), wants("m", 5, 60));
            assertThat(wait.code()).as(stays.model()).isEqualTo("no_room");
        }
    }

    @Test
    void aWorkerAtWorkMakesRoomAfterItsTurnForTasksThatCameBeforeItsOwn() {
        List<Place> places = List.of(place(cpu("a"), 1, Set.of("m"), resident("w", 9, true, 40, 7)));
        Demand own = new Demand("w", GIGABYTE, GIGABYTE, 3, NOW.minusSeconds(20), 1, 1, false, null, null, Map.of(),
                Duration.ofSeconds(5), true);
        assertThat(only(places, wants("m", 5, 30), own)).isInstanceOf(Retire.class);
        assertThat(only(places, wants("m", 5, 10), own)).as("its own came first").isInstanceOf(Wait.class);
        assertThat(only(places, wants("m", 5, 130), own)).as("nobody waits for ever").isInstanceOf(Retire.class);
    }

    @Test
    void aTurnIsLongerWhereLoadingTakesLong() {
        Demand slow = new Demand("m", 5 * GIGABYTE, 5 * GIGABYTE, 1, NOW.minusSeconds(60), 0, 0, false, null, null, Map.of(),
                Duration.ofSeconds(30), true);
        assertThat(only(List.of(place(cpu("a"), 1, Set.of("m"), resident("w", 9, true, 100, 7))), slow))
                .isInstanceOf(Wait.class);
        assertThat(only(List.of(place(cpu("a"), 1, Set.of("m"), resident("w", 9, true, 121, 7))), slow))
                .isInstanceOf(Retire.class);
    }

    @Test
    void aSiteThatMadeRoomAMomentAgoOrDoesSoForAnotherIsLeftAlone() {
        Resident idle = resident("i", 9, false, 100, 3);
        Wait pause = (Wait) only(
                List.of(place(cpu("a"), 1, Set.of("m"), null, NOW.plusSeconds(5), idle)), wants("m", 5, 60));
        assertThat(pause.verdicts().getFirst().why()).isEqualTo("a worker made room there a moment ago");
        Wait claimed = (Wait) only(List.of(place(cpu("a"), 9, Set.of("m"), "n", Instant.MIN, idle)), wants("m", 5, 60));
        assertThat(claimed.verdicts().getFirst().why()).isEqualTo("room is being made there for n");
    }

    @Test
    void manualMeansThatNobodyMakesRoom() {
        Placer manual = new Placer(PlacementSettings.USUAL.with(EvictionOrder.MANUAL));
        assertThat(manual.decide(List.of(place(cpu("a"), 1, Set.of("m"), resident("i", 9, false, 100, 3))),
                List.of(wants("m", 5, 60)), NOW)).singleElement().isInstanceOf(Wait.class);
    }

    @Test
    void saysThatAModelIsTooLargeForEveryMachine() {
        Wait wait = (Wait) only(List.of(place(cpu("a"), 9, Set.of("m"))), wants("m", 40, 60));
        assertThat(wait.code()).isEqualTo("too_large");
        assertThat(wait.verdicts().getFirst().why()).isEqualTo("it needs 40000000000 bytes, and there are 16000000000");
    }

    @Test
    void aLongQueueGetsAnotherWorkerWhereNobodyHasToGo() {
        Demand crowd = new Demand("m", 3 * GIGABYTE, 3 * GIGABYTE, 9, NOW.minusSeconds(60), 1, 2, false,
                NOW.minusSeconds(31),
                null, Map.of(), Duration.ofSeconds(5), true);
        assertThat(only(List.of(place(cpu("a"), 4, Set.of("m"))), crowd)).isInstanceOf(Start.class);
        assertThat(placer.decide(List.of(place(cpu("a"), 1, Set.of("m"), resident("i", 9, false, 100, 3))), List.of(crowd),
                NOW)).isEmpty();
    }

    @Test
    void aWorkerWithoutWorkGoesAfterItsTimeUnlessSomebodyWaitsForIt() {
        Resident idle = new Resident("od-i", "i", GIGABYTE, false, NOW.minusSeconds(2_000), NOW.minusSeconds(601), 3,
                MINUTES,
                false);
        Place place = place(cpu("a"), 1, Set.of(), idle);
        assertThat(((Retire) only(List.of(place))).reason()).isEqualTo("it had no work for 601 s");
        Demand own = new Demand("i", GIGABYTE, GIGABYTE, 1, NOW, 1, 1, false, null, null, Map.of(), Duration.ZERO, true);
        assertThat(placer.decide(List.of(place), List.of(own), NOW)).isEmpty();
    }

    @Test
    void aModelThatFailedIsLeftAloneForAWhile() {
        Demand paused = new Demand("m", GIGABYTE, GIGABYTE, 1, NOW, 0, 0, false, null, NOW.plusSeconds(10), Map.of(),
                Duration.ZERO, true);
        assertThat(((Wait) only(List.of(place(cpu("a"), 9, Set.of("m"))), paused)).code()).isEqualTo("start_failed");
        Demand refused = new Demand("m", GIGABYTE, GIGABYTE, 1, NOW, 0, 0, false, null, null,
                Map.of(cpu("a"), NOW.plusSeconds(10)), Duration.ZERO, true);
        Start elsewhere = (Start) only(List.of(place(cpu("a"), 9, Set.of("m")), place(cpu("b"), 9, Set.of())), refused);
        assertThat(elsewhere.site()).isEqualTo(cpu("b"));
    }
}

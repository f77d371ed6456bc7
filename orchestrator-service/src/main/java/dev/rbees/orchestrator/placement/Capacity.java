package dev.rbees.orchestrator.placement;

/** How much of a device's memory workers may have. */
final class Capacity {

    /** What CUDA itself takes of a card for each process; measured: 551 MB on an H100 and an H200. */
    static final long CUDA_CONTEXT = 600_000_000;

    private static final long LEAST_FOR_THE_MACHINE = 512_000_000;
    private static final int PART_FOR_THE_MACHINE = 20;

    private Capacity() {}

    /** Of so much main memory: the rest is the machine's own. */
    static long ofMachine(long totalBytes) {
        return totalBytes - Math.max(LEAST_FOR_THE_MACHINE, totalBytes / PART_FOR_THE_MACHINE);
    }

    /** Of a card with so much memory; the rest is the screen's. */
    static long ofCard(long totalBytes) {
        return totalBytes - totalBytes / PART_FOR_THE_MACHINE;
    }
}

package dev.rbees.pool.process;

/** Hears how far the start of a worker is. */
@FunctionalInterface
public interface SpawnProgress {

    /**
     * Said whenever something has changed.
     *
     * @param workerId which worker
     * @param phase what its start is busy with
     * @param percent of the phase, 0 to 100
     */
    void at(String workerId, String phase, int percent);
}

package dev.rbees.orchestrator.scheduling;

/**
 * How good a worker is for the next task: the least is the best.
 *
 * @param first decides
 * @param second decides between equals
 * @param workerId decides between those, so that no two are equal
 */
record Rank(long first, long second, String workerId) implements Comparable<Rank> {

    @Override
    public int compareTo(Rank other) {
        int order = Long.compare(first, other.first);
        order = order != 0 ? order : Long.compare(second, other.second);
        return order != 0 ? order : workerId.compareTo(other.workerId);
    }
}

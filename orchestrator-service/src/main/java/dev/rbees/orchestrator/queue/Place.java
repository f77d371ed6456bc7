package dev.rbees.orchestrator.queue;

/**
 * A place in a line.
 *
 * @param turn of the flow that the task belongs to: the second task of a flow stands behind the first ones of all others
 * @param number order of acceptance, unique
 */
public record Place(long turn, long number) implements Comparable<Place> {

    @Override
    public int compareTo(Place other) {
        int byTurn = Long.compare(turn, other.turn);
        return byTurn != 0 ? byTurn : Long.compare(number, other.number);
    }
}

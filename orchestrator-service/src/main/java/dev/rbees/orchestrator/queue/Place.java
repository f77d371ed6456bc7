package dev.rbees.orchestrator.queue;

/**
 * A place in a line.
 *
 * @param turn of the flow that the task belongs to: the second task of a flow stands behind the first ones of all others
 * @param ticket order of acceptance, unique
 */
record Place(long turn, long ticket) implements Comparable<Place> {

    @Override
    public int compareTo(Place other) {
        int byTurn = Long.compare(turn, other.turn);
        return byTurn != 0 ? byTurn : Long.compare(ticket, other.ticket);
    }
}

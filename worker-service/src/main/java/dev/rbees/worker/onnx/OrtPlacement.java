package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/** Asks ONNX Runtime which execution provider computes which node of a graph. */
final class OrtPlacement {

    /** The entry of a session's options without which this is not written down. */
    static final String RECORD = "session.record_ep_graph_assignment_info";

    /**
     * A node of a graph.
     *
     * @param provider the execution provider that computes it, such as {@code CPUExecutionProvider}
     * @param operator what it is, such as {@code MatMulNBits}
     */
    record Node(String provider, String operator) {}

    private final OrtTable table;
    private final MethodHandle getAssignment;
    private final MethodHandle getProvider;
    private final MethodHandle getNodes;
    private final MethodHandle getOperator;

    OrtPlacement(OrtTable table) {
        this.table = table;
        getAssignment = table.function(407, ADDRESS, ADDRESS, ADDRESS);
        getProvider = table.function(408, ADDRESS, ADDRESS);
        getNodes = table.function(409, ADDRESS, ADDRESS, ADDRESS);
        getOperator = table.function(412, ADDRESS, ADDRESS);
    }

    /** Every node of a session's graph; its options had {@link #RECORD}. */
    List<Node> of(MemorySegment session) throws OrtFailure {
        List<Node> nodes = new ArrayList<>();
        for (MemorySegment part : list(getAssignment, session)) {
            String provider = text(getProvider, part);
            for (MemorySegment node : list(getNodes, part)) {
                nodes.add(new Node(provider, text(getOperator, node)));
            }
        }
        return nodes;
    }

    /** What a function lists of its subject: an array of addresses, and their number. */
    private List<MemorySegment> list(MethodHandle function, MemorySegment subject) throws OrtFailure {
        List<MemorySegment> found = new ArrayList<>();
        table.make((arena, made) -> {
            MemorySegment count = arena.allocate(JAVA_LONG);
            MemorySegment status = (MemorySegment) function.invokeExact(subject, made, count);
            if (status.equals(MemorySegment.NULL)) {
                addAll(found, made.get(ADDRESS, 0), count.get(JAVA_LONG, 0));
            }
            return status;
        });
        return found;
    }

    @SuppressWarnings("restricted")
    private static void addAll(List<MemorySegment> found, MemorySegment array, long count) {
        MemorySegment addresses = array.reinterpret(count * ADDRESS.byteSize());
        for (long i = 0; i < count; i++) {
            found.add(addresses.getAtIndex(ADDRESS, i));
        }
    }

    private String text(MethodHandle function, MemorySegment subject) throws OrtFailure {
        return OrtTable.text(table.make((_, made) -> (MemorySegment) function.invokeExact(subject, made)));
    }
}

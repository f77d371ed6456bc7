package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.Backend;
import dev.rbees.worker.model.ModelFault;

/**
 * How the nodes of a session's graph are shared between an execution provider and the CPU. ONNX Runtime gives to the CPU
 * whatever a provider does not take, and says nothing.
 *
 * @param there operators that the provider computes, with the number of their nodes
 * @param elsewhere operators that it does not
 */
record Placement(Map<String, Long> there, Map<String, Long> elsewhere) {

    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);
    private static final String SUFFIX = "ExecutionProvider";

    /** @param provider its name without {@code ExecutionProvider}, which is compared without regard to case */
    static Placement of(OnnxRuntime runtime, MemorySegment session, String provider) throws OrtFailure {
        List<OrtPlacement.Node> nodes = runtime.placement().of(session);
        Map<Boolean, Map<String, Long>> shared = nodes.stream()
                .collect(Collectors.partitioningBy(node -> (provider + SUFFIX).equalsIgnoreCase(node.provider()),
                        Collectors.collectingAndThen(Collectors.groupingBy(OrtPlacement.Node::operator, TreeMap::new,
                                Collectors.counting()), Function.identity())));
        return new Placement(shared.getOrDefault(true, Map.of()), shared.getOrDefault(false, Map.of()));
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when the provider computes nothing */
    void requireSome(Backend backend) {
        if (there.isEmpty()) {
            throw ModelFault.of("the backend " + backend.wireName()
                    + " can compute no part of this model; take --backend cpu");
        }
        if (!elsewhere.isEmpty()) {
            LOG.info("{} computes {}; the CPU computes {}", backend.wireName(), there, elsewhere);
        }
    }

    /**
     * @param operator one whose inputs are the KV cache
     * @throws RbeesException MODEL_LOAD_FAILED when the provider does not compute all nodes of this operator
     */
    void requireAll(Backend backend, String operator) {
        if (!there.containsKey(operator) || elsewhere.containsKey(operator)) {
            throw ModelFault.of("the backend " + backend.wireName()
                    + " cannot compute the attention of this model, so its KV cache cannot lie there; take --backend cpu");
        }
    }
}

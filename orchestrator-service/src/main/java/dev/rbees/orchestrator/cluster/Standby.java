package dev.rbees.orchestrator.cluster;

import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.store.Leadership;
import dev.rbees.service.ServerEdge;

/**
 * An orchestrator that does not lead: hands every request on to the one that does, and waits to take over. As an application it has
 * nothing but the {@link Forwarder} that it is opened with; no annotation of Spring's lets the orchestrator itself find it.
 */
@EnableAutoConfiguration
@Import(ServerEdge.class)
public class Standby {

    private static final Logger LOG = LoggerFactory.getLogger(Standby.class);
    private static final long PAUSE_MILLIS = 500;

    /**
     * Watches the leader.
     *
     * @return whether this orchestrator is to lead now; false when the process is to end
     */
    public static boolean await(Leadership leadership, Forwarder forwarder) throws InterruptedException {
        while (!forwarder.ending()) {
            try {
                Optional<String> leader = leadership.leader();
                forwarder.leader(leader);
                if (leader.isEmpty()) {
                    LOG.info("nobody leads; taking over");
                    return true;
                }
            } catch (RbeesException e) {
                LOG.warn("it cannot be seen who leads: {}", e.userMessage());
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        return false;
    }
}

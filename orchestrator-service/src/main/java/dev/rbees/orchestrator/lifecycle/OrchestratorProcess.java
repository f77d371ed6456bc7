package dev.rbees.orchestrator.lifecycle;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.cluster.Forwarder;
import dev.rbees.orchestrator.cluster.LeadershipLost;
import dev.rbees.orchestrator.cluster.Standby;
import dev.rbees.orchestrator.store.Leadership;
import dev.rbees.orchestrator.store.PostgresAddress;
import dev.rbees.service.Daemon;
import dev.rbees.service.HostGuard;
import dev.rbees.service.TerminationSignal;

/**
 * The life of the process: it serves until it is told to end. One of several on a database serves while it leads, and stands by
 * while another does.
 */
public final class OrchestratorProcess {

    private static final Logger LOG = LoggerFactory.getLogger(OrchestratorProcess.class);

    private final Daemon<OrchestratorSettings> daemon;
    private final OrchestratorSettings settings;
    private final Map<String, String> environment;
    private final Consumer<OrchestratorSettings> serving;

    /** @param serving runs each time that the server is open and this orchestrator decides */
    public OrchestratorProcess(Daemon<OrchestratorSettings> daemon, OrchestratorSettings settings,
            Map<String, String> environment, Consumer<OrchestratorSettings> serving) {
        this.daemon = daemon;
        this.settings = settings;
        this.environment = environment;
        this.serving = serving;
    }

    /** Returns when the process may end. */
    public void run() {
        try {
            if (settings.isShared()) {
                share(settings.database().orElseThrow(), settings.advertiseUrl().orElseThrow());
            } else {
                serve();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Serves; gives whether another orchestrator has taken over since, and otherwise the process is to end. */
    private boolean serve() throws InterruptedException {
        CompletableFuture<Boolean> deposed = new CompletableFuture<>();
        LeadershipLost hears = () -> deposed.complete(true);
        ConfigurableApplicationContext context = daemon.open(daemon.application(), settings, environment, hears);
        Closing closing = new Closing(context);
        TerminationSignal.handle(() -> deposed.complete(false));
        serving.accept(settings);
        if (deposed.join()) {
            LOG.warn("another orchestrator has taken over");
            closing.abandon();
            return true;
        }
        LOG.info("shutting down; what runs has {} s to end", Closing.LIMIT.toSeconds());
        closing.close();
        return false;
    }

    private void share(PostgresAddress database, String url) throws InterruptedException {
        daemon.beginLog(environment);
        // why: between two looks another may have been quicker
        while (standBy(database, url)) {
            try {
                if (!serve()) {
                    return;
                }
            } catch (RbeesException e) {
                if (e.code() != ErrorCode.CONFLICT) {
                    throw e;
                }
                LOG.info("another orchestrator was quicker");
            }
        }
    }

    /** Gives whether this orchestrator is to lead now; false when the process is to end. */
    private boolean standBy(PostgresAddress database, String url) throws InterruptedException {
        try (Leadership leadership = Leadership.at(database, RbeesHome.of(environment))) {
            Optional<String> leader = leadership.leader();
            if (leader.isEmpty()) {
                return true;
            }
            Forwarder forwarder = new Forwarder(new HostGuard(settings.access()), settings.trust());
            try (ConfigurableApplicationContext _ = daemon.open(Standby.class, settings, environment, forwarder)) {
                TerminationSignal.handle(forwarder::end);
                LOG.info("listening on {}, port {}; standing by as {} while {} leads", settings.bind(), settings.port(), url,
                        leader.get());
                return Standby.await(leadership, forwarder);
            }
        }
    }
}

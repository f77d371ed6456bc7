package dev.rbees.orchestrator;

import java.net.InetAddress;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.SpringBootApplication;

import dev.rbees.cli.Program;
import dev.rbees.orchestrator.lifecycle.OrchestratorProcess;
import dev.rbees.orchestrator.lifecycle.OrchestratorSettings;
import dev.rbees.service.Daemon;
import dev.rbees.service.ProcessEnd;
import dev.rbees.thread.Liveness;

/** {@code rbees-orcd}: decides what runs where, and keeps the record. */
@SpringBootApplication
public class OrchestratorApplication {

    private static final Logger LOG = LoggerFactory.getLogger(OrchestratorApplication.class);

    private static final Daemon<OrchestratorSettings> DAEMON = new Daemon<>(
            Program.of("rbees-orcd", OrchestratorApplication.class), OrchestratorSettings.SPEC, OrchestratorSettings::of,
            OrchestratorApplication.class);

    public static void main(String[] args) {
        int code = DAEMON.run(List.of(args), System.getenv(), settings -> new OrchestratorProcess(DAEMON, settings,
                System.getenv(), OrchestratorApplication::tell).run());
        if (code != 0) {
            System.exit(code);
        }
    }

    /** That of the process. */
    static Liveness liveness() {
        return ProcessEnd.liveness(System::exit, Runtime.getRuntime()::halt);
    }

    private static void tell(OrchestratorSettings settings) {
        LOG.info("listening on {}, port {}; {}", settings.bind(), settings.port(),
                switch (settings.mode()) {
                    case HOME -> "for this machine only";
                    case LAB -> "for who shows the " + settings.token().orElseThrow();
                    case PLATFORM -> "for tenants, and for the operator, who shows the " + settings.token().orElseThrow();
                });
        if (!InetAddress.ofLiteral(settings.bind()).isLoopbackAddress() && settings.tls().isEmpty()) {
            LOG.warn(
                    "token and prompts travel unencrypted; outside a network that you trust, use --tls-certificate, or a proxy with TLS");
        }
    }
}

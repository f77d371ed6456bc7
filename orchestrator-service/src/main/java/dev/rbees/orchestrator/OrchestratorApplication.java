package dev.rbees.orchestrator;

import java.util.List;

import org.springframework.boot.autoconfigure.SpringBootApplication;

import dev.rbees.cli.Program;
import dev.rbees.orchestrator.lifecycle.Closing;
import dev.rbees.orchestrator.lifecycle.OrchestratorSettings;
import dev.rbees.service.Daemon;
import dev.rbees.service.TerminationSignal;

/** {@code rbees-orcd}: decides what runs where, and keeps the record. */
@SpringBootApplication
public class OrchestratorApplication {

    private static final Daemon<OrchestratorSettings> DAEMON = new Daemon<>(
            Program.of("rbees-orcd", OrchestratorApplication.class), OrchestratorSettings.SPEC, OrchestratorSettings::of,
            OrchestratorApplication.class);

    public static void main(String[] args) {
        int code = DAEMON.start(List.of(args), System.getenv(),
                context -> TerminationSignal.handle(new Closing(context)::begin));
        if (code != 0) {
            System.exit(code);
        }
    }
}

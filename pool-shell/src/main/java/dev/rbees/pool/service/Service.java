package dev.rbees.pool.service;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A worker that a service manager is to run.
 *
 * @param workerId its id
 * @param program absolute path of {@code rbees-workerd}
 * @param arguments of the program
 * @param environment variables that the program needs
 * @param log where launchd leads its output; systemd has its own journal
 */
public record Service(String workerId, Path program, List<String> arguments, Map<String, String> environment, Path log) {

    public Service {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }
}

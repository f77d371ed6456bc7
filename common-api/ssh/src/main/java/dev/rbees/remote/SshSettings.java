package dev.rbees.remote;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import dev.rbees.api.error.RbeesException;
import dev.rbees.home.Environment;

/**
 * Where the user's SSH things are.
 *
 * @param config the configuration file; it need not exist
 * @param folder {@code ~/.ssh}, for keys and known hosts
 * @param agent socket of the user's agent
 * @param user who logs in when nobody says another
 * @param patience for a connection, and again for the login
 * @param dialogue the person to ask; without one an unknown host is refused, and a key with a passphrase left to the agent
 */
public record SshSettings(Path config, Path folder, Optional<Path> agent, String user, Duration patience,
        Optional<SshDialogue> dialogue) {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Settings where nobody can be asked. */
    public SshSettings(Path config, Path folder, Optional<Path> agent, String user, Duration patience) {
        this(config, folder, agent, user, patience, Optional.empty());
    }

    /** The same with somebody to ask. */
    public SshSettings asking(SshDialogue person) {
        return new SshSettings(config, folder, agent, user, patience, Optional.of(person));
    }

    /**
     * What the environment says: {@code RBEES_SSH_CONFIG}, {@code SSH_AUTH_SOCK}, the home folder.
     *
     * @throws RbeesException INVALID_REQUEST when the variable names a file that is not there
     */
    public static SshSettings of(Map<String, String> environment) {
        Path folder = Path.of(System.getProperty("user.home"), ".ssh");
        String config = environment.getOrDefault(Environment.SSH_CONFIG, "");
        if (!config.isBlank() && !Files.isReadable(Path.of(config))) {
            throw RbeesException.invalid(Environment.SSH_CONFIG, "readable",
                    Environment.SSH_CONFIG + " names " + config + ", which cannot be read");
        }
        String socket = environment.getOrDefault("SSH_AUTH_SOCK", "");
        return new SshSettings(config.isBlank() ? folder.resolve("config") : Path.of(config), folder,
                socket.isBlank() ? Optional.empty() : Optional.of(Path.of(socket)), System.getProperty("user.name"),
                PATIENCE);
    }
}

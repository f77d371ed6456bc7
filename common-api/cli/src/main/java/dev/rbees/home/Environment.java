package dev.rbees.home;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import dev.rbees.api.error.Suggestion;

/** The environment variables that rbees reads. */
public final class Environment {

    public static final String HOME = "RBEES_HOME";
    public static final String ORCHESTRATOR_URL = "RBEES_ORCHESTRATOR_URL";
    public static final String API_TOKEN_FILE = "RBEES_API_TOKEN_FILE";
    public static final String CA_FILE = "RBEES_CA_FILE";
    public static final String SSH_CONFIG = "RBEES_SSH_CONFIG";
    public static final String POOLS_FILE = "RBEES_POOLS_FILE";
    public static final String MODE = "RBEES_MODE";
    public static final String LOG_FORMAT = "RBEES_LOG_FORMAT";

    /** Set by the launchers: the folder of the installation, which holds {@code bin}. */
    public static final String INSTALL = "RBEES_INSTALL";

    public static final String DEFAULT_ORCHESTRATOR_URL = "http://127.0.0.1:8080";

    private static final Set<String> KNOWN = Set.of(HOME, ORCHESTRATOR_URL, API_TOKEN_FILE, CA_FILE, SSH_CONFIG, POOLS_FILE,
            MODE,
            LOG_FORMAT,
            // set by the launchers
            "RBEES_CALLED_AS", INSTALL, "RBEES_JAVA_HOME", "RBEES_JAVA_OPTS");

    private Environment() {}

    /** A line of warning for each {@code RBEES_…} variable that nothing reads. */
    public static List<String> warnings(Map<String, String> environment) {
        return new TreeSet<>(environment.keySet()).stream()
                .filter(name -> name.startsWith("RBEES_") && !KNOWN.contains(name))
                .map(name -> "the environment variable " + name + " has no effect" + Suggestion.sentence(name, KNOWN))
                .toList();
    }

    /** Where the orchestrator is; several of a cluster with commas. */
    public static String orchestratorUrls(Map<String, String> environment) {
        String urls = environment.getOrDefault(ORCHESTRATOR_URL, "");
        return urls.isBlank() ? DEFAULT_ORCHESTRATOR_URL : urls;
    }

    /** The file with certificates that are trusted beside the system's, empty for none. */
    public static Optional<String> caFile(Map<String, String> environment) {
        return Optional.ofNullable(environment.get(CA_FILE)).filter(path -> !path.isBlank());
    }
}

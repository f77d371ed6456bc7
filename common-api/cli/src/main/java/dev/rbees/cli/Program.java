package dev.rbees.cli;

import java.util.Map;
import java.util.Objects;

/**
 * A program of rbees: its name and the version it was built from.
 *
 * @param name as the user types it
 * @param version of the build
 */
public record Program(String name, String version) {

    private static final String DEVELOPMENT = "development";

    /** The version stands in the manifest of the jar that holds the main class. */
    public static Program of(String name, Class<?> mainClass) {
        return new Program(name, Objects.requireNonNullElse(mainClass.getPackage().getImplementationVersion(), DEVELOPMENT));
    }

    /** The line that {@code --version} prints. */
    public String versionLine() {
        return name + " " + version + " (Java " + Runtime.version() + ")";
    }

    /** The name under which the launcher was called: {@code llorch} is {@code rbees}. */
    public Program calledAs(Map<String, String> environment) {
        return new Program(environment.getOrDefault("RBEES_CALLED_AS", name), version);
    }
}

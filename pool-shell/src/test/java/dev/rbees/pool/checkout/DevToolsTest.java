package dev.rbees.pool.checkout;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class DevToolsTest {

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();

    private DevTools tools() {
        Map<String, String> environment = Map.of("PATH", folder.toString());
        return new DevTools(environment, new StreamedProgram(environment, said::add), List.of());
    }

    private void program(String name, String script) throws Exception {
        Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n").toFile().setExecutable(true);
    }

    @Test
    void namesThePackagesOfWhatIsMissing() throws Exception {
        program("brew", "echo $*");
        program("git", "");

        assertThat(tools().tools()).contains(new DevTools.Tool("git", true, "the sources", "git"),
                new DevTools.Tool("mvn", false, "building", "maven"));
        assertThat(tools().command()).startsWith("brew", "install", "maven").doesNotContain("git", "openssh-server");
        tools().install(false);
        assertThat(said).singleElement().asString().startsWith("install maven");
    }

    @Test
    void debianHasItsOwnNames() throws Exception {
        program("apt-get", "echo $*; exit 100");
        program("sudo", "shift; echo $*; exit 100");

        assertThat(tools().command()).contains("apt-get", "install", "-y", "openssh-server", "postgresql");
        assertThat(catchThrowableOfType(RbeesException.class, () -> tools().install(false)))
                .hasMessageContaining("failed (exit code 100)");
    }

    @Test
    void withoutAPackageManagerNothingIsInstalled() {
        assertThat(tools().command()).isEmpty();
        assertThat(catchThrowableOfType(RbeesException.class, () -> tools().install(true)))
                .hasMessageContaining("install what is missing by hand");
    }
}

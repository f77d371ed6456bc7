package dev.rbees.shell.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class InstallationTest {

    @TempDir
    Path folder;

    private Path program(String version) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("versions").resolve(version).resolve("bin"));
        return Files.writeString(bin.resolve("rbees-workerd"), "");
    }

    @Test
    void theVersionInUseIsNamedByTheLinkThatAnUpgradeSwitches() throws IOException {
        Path old = program("1");
        Path program = program("2");
        Path current = Files.createSymbolicLink(folder.resolve("current"), Path.of("versions/2"));

        assertThat(Installation.lasting(program)).isEqualTo(current.resolve("bin/rbees-workerd")).exists();
        assertThat(Installation.lasting(old)).isEqualTo(old);
    }

    @Test
    void elsewhereItIsNamedAsItLies() throws IOException {
        Path program = program("1");

        assertThat(Installation.lasting(program)).isEqualTo(program);
        assertThat(Installation.lasting(Path.of("/bin/rbees-workerd"))).isEqualTo(Path.of("/bin/rbees-workerd"));
    }
}

package dev.rbees.remote;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.PoolRegistration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PoolsFileTest {

    private static final PoolRegistration FULL = new PoolRegistration("cellar", "gpu-box.lan", 2222, "ops", "/opt/rbees/bin",
            Map.of("room", "cellar", "a b", "\"x\"\\\n"), true, true, List.of("ssh-ed25519 AAAAC3Nz"), "/home/ops/.ssh/id");

    @TempDir
    Path folder;

    private PoolsFile file() {
        return new PoolsFile(folder.resolve("pools.toml"));
    }

    private String text() throws Exception {
        return Files.readString(file().file());
    }

    private PoolsFile of(String text) throws Exception {
        Files.writeString(file().file(), text);
        return file();
    }

    @Test
    void aFileThatIsNotThereHoldsNoPools() {
        assertThat(file().read()).isEmpty();
        assertThat(file().find("p1")).isEmpty();
        assertThat(file().remove("p1")).isFalse();
        assertThat(file().file()).doesNotExist();
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        file().put(FULL);
        file().put(new PoolRegistration("p2", "10.0.0.2"));

        assertThat(file().read()).containsExactly(FULL, new PoolRegistration("p2", "10.0.0.2"));
        assertThat(Files.getPosixFilePermissions(file().file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(text()).endsWith("\n\n[[pools]]\nid = \"p2\"\nhost = \"10.0.0.2\"\n");
    }

    @Test
    void whatPeopleWroteStaysAsItIs() throws Exception {
        PoolsFile file = of("""
                            # my machines

                            [[pools]]
                            # loud
                            id = 'p1'   # the first
                            host = "a"

                            # bought in May
                            [[ pools ]]
                            id = "p2"
                            host = "b"
                            [pools.labels]
                            room = "attic"
                            """);

        file.put(new PoolRegistration("p1", "c"));
        assertThat(text()).isEqualTo("""
                                     # my machines

                                     # loud
                                     [[pools]]
                                     id = "p1"
                                     host = "c"

                                     # bought in May
                                     [[ pools ]]
                                     id = "p2"
                                     host = "b"
                                     [pools.labels]
                                     room = "attic"
                                     """);
        assertThat(file.remove("p2")).isTrue();
        assertThat(text()).endsWith("host = \"c\"\n\n# bought in May\n");
        assertThat(file.remove("p1")).isTrue();
        assertThat(text()).startsWith("# my machines\n");
        assertThat(file.read()).isEmpty();
    }

    @Test
    void otherWaysOfWritingTomlAreWrittenAnew() throws Exception {
        PoolsFile file = of("pools = [ { id = \"p1\", host = \"a\" }, { id = \"p2\", host = \"b\" } ]\n");

        file.put(new PoolRegistration("p2", "c"));

        assertThat(file.read()).containsExactly(new PoolRegistration("p1", "a"), new PoolRegistration("p2", "c"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
        "[[pool]]\\nid = \"p1\" | 'pool' is nothing that it may hold, only tables [[pools]]; did you mean 'pools'?",
        "[pools]\\nid = \"p1\" | pools are tables with the head [[pools]]",
        "[[pools]]\\nid = \"p1\"\\nhost = \"a\"\\nondemand = true | pool 1: 'ondemand' is nothing that it may hold; did you mean 'on_demand'?",
        "[[pools]]\\nid = \"p1\" | pool 1: host is missing",
        "[[pools]]\\nhost = \"a\" | pool 1: id is missing",
        "[[pools]]\\nid = \"-p1\"\\nhost = \"a\" | pool 1: id must be 1 to 64 letters",
        "[[pools]]\\nid = \"p1\"\\nhost = \"-oProxyCommand=id\" | pool 1: host and user must be as SSH names them",
        "[[pools]]\\nid = \"p1\"\\nhost = \"a\"\\nuser = \"$(id)\" | pool 1: host and user must be as SSH names them",
        "[[pools]]\\nid = \"p1\"\\nhost = \"a\"\\nport = \"22\" | pool 1: port must be a whole number from 1 to 65535",
        "[[pools]]\\nid = \"p1\"\\nhost = \"a\"\\ntunnel = 1 | pool 1: tunnel must be true or false",
        "[[pools]]\\nid = \"p1\"\\nhost = \"a\"\\nlabels = \"x\" | pool 1: labels must be written as { room",
        "[[pools]]\\nid = \"p1\"\\nhost = \"a\"\\nhost_keys = [\"x\"] | pool 1: host_keys must be texts of a type and a key",
        "[[pools]]\\nid = \"p1\"\\nhost = \"a\"\\nhost_keys = \"x y\" | pool 1: host_keys must be written as [",
        "[[pools]]\\nid = \"p1\"\\nhost = \"a\"\\n[[pools]]\\nid = \"p1\"\\nhost = \"b\" | there are two pools 'p1'",
        "[[pools]]\\nid = p1 | line 2: this is no TOML"})
    void whatIsNoPoolIsNamed(String text, String message) throws Exception {
        PoolsFile file = of(text.replace("\\n", "\n"));

        assertThatThrownBy(file::read).isInstanceOfSatisfying(RbeesException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(e.userMessage()).startsWith(file.file().toString()).contains(message);
        });
        assertThatThrownBy(() -> file.put(FULL)).isInstanceOf(RbeesException.class);
        assertThat(text()).isEqualTo(text.replace("\\n", "\n"));
    }

    @Test
    void programsThatWriteAtOnceLoseNothing() {
        IntStream.range(0, 20).parallel().forEach(i -> file().put(new PoolRegistration("p" + i, "h" + i)));

        assertThat(file().read()).extracting(PoolRegistration::host)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 20).mapToObj(i -> "h" + i).toList());
    }
}

package dev.rbees.ctl.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.rbees.remote.OpenSshServer;
import dev.rbees.shell.Terminals;

import static org.assertj.core.api.Assertions.assertThat;

/** What a pool is told besides what was typed: the orchestrator, the token, a file, the terminal. */
class SpawnAndUploadTest extends PoolMachines {

    private static final String TOKEN = "a-token-of-at-least-32-characters-0001";
    /** Prints the arguments, then what comes on standard input. */
    private static final String ECHO = "for a in \"$@\"; do printf '[%s]' \"$a\"; done; echo; cat; cat /proc/$$/environ | tr '\\0' '\\n'"
            + " | grep -c 'a-token' >&2; exit 0";

    private Ran spawn(String... more) {
        return run(
                Stream.concat(Stream.of("pool", "worker", "spawn", "cpu", "--model", "m", "--host", "box"), Stream.of(more))
                        .toArray(String[]::new));
    }

    @Test
    void theOrchestratorIsHandedOnWhenThePoolCanReachIt() throws Exception {
        machine("box", ECHO);

        assertThat(spawn().out()).isEqualTo("[worker][spawn][cpu][--model][m]\n");
        environment.put("RBEES_ORCHESTRATOR_URL", "http://localhost:8080,https://orc.lan:8443");
        assertThat(spawn().out()).isEqualTo("[worker][spawn][--orchestrator-url=https://orc.lan:8443][cpu][--model][m]\n");
        assertThat(spawn("--orchestrator-url", "http://127.0.0.1:9").out())
                .isEqualTo("[worker][spawn][cpu][--model][m][--orchestrator-url][http://127.0.0.1:9]\n");
    }

    @Test
    void theTokenGoesOverStandardInputAndNowhereElse() throws Exception {
        machine("box", ECHO);
        Path file = Files.writeString(folder.resolve("token"), TOKEN + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        environment.put("RBEES_API_TOKEN_FILE", file.toString());

        assertThat(spawn()).isEqualTo(new Ran(0, "[worker][spawn][--token-stdin][cpu][--model][m]\n" + TOKEN + "\n", "0\n"));
        assertThat(spawn("--token-file", "/there").out())
                .isEqualTo("[worker][spawn][cpu][--model][m][--token-file][/there]\n");
        assertThat(run("pool", "worker", "list", "--host", "box").out()).isEqualTo("[worker][list]\n");
    }

    @Test
    void aFileOfThisMachineIsThereForAsLongAsItIsImported() throws Exception {
        OpenSshServer server = machine("box",
                """
                for f; do :; done
                for a in "$@"; do printf '[%s]' "${a##*/}"; done; echo
                ls -l "$f" | cut -c1-10; sha256sum <"$f"; cat; echo "$f" >"${0%/*}/where"; exit 3""");
        Path file = folder.resolve("it's $(id) a.gguf");
        Files.write(file, new byte[3_000_000]);
        String sum = new String(new ProcessBuilder("sh", "-c", "sha256sum <\"$1\"", "sh", file.toString()).start()
                .getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

        Ran ran = run("pool", "models", "import", file.toString(), "--upload", "--id", "x", "--host", "box",
                "--output=json");

        assertThat(ran)
                .isEqualTo(new Ran(3, "[models][import][--id=x][--output=json][it's $(id) a.gguf]\n-rw-------\n" + sum, ""));
        Path there = Path.of(Files.readString(server.folder().resolve("bin/where")).strip());
        assertThat(there.toString()).startsWith(server.folder().resolve("home/staging").toString());
        assertThat(there.getParent()).doesNotExist();

        assertThat(run("pool", "models", "import", "/some/path", "--host", "box").out())
                .startsWith("[models][import][path]\n");
        Ran folderOfOurs = run("pool", "models", "import", folder.toString(), "--upload", "--host", "box");
        assertThat(folderOfOurs.status()).isEqualTo(2);
        assertThat(folderOfOurs.err()).contains("--upload takes one file of this machine");
    }

    @Test
    void aPoolIsToldOfOurTerminalSoThatItsProgressIsOneLine() throws Exception {
        machine("box", "printf '%s\\n' \"$1\"; printf '\\rm 10%%\\rm 20%%\\n' >&2");
        environment.put("COLUMNS", "77");
        terminals = new Terminals(false, false, true);

        Ran ran = run("pool", "models", "list", "--host", "box");
        assertThat(ran.out()).isEqualTo("--remote-terminal=77\n");
        assertThat(ran.err()).isEqualTo("\rm 10%\rm 20%\n");
        assertThat(run("pool", "models", "list", "--host", "box,box").out()).isEqualTo("--remote-terminal=77\n");

        terminals = Terminals.NONE;
        assertThat(run("pool", "models", "list", "--host", "box").out()).isEqualTo("models\n");
        machine("other", "printf '\\rm 10%%\\n' >&2");
        assertThat(run("pool", "models", "list", "--host", "other,box").err()).contains("other: m 10%\n")
                .doesNotContain("\r");
    }

    @Test
    void hostileArgumentsTravelLiterally() throws Exception {
        machine("box", ECHO);
        String hostile = "-x'\"; $(touch " + folder.resolve("pwned") + ") `id`\n| é";

        assertThat(run("pool", "models", "download", "--host", "box", "--", hostile).out())
                .isEqualTo("[models][download][--][" + hostile + "]\n");
        assertThat(run("pool", "models", "list", "--host", "-oProxyCommand=touch x").status()).isEqualTo(2);
        assertThat(run("pool", "models", "list", "--host", "box,$(id)").status()).isEqualTo(2);
        assertThat(folder.resolve("pwned")).doesNotExist();
    }
}

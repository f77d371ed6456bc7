package dev.rbees.remote;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Login shells other than that of the user who runs the test stand behind a ForceCommand, with a home of their own. */
class StartUpFilesTest {

    @TempDir
    Path folder;

    private record Ran(int status, String out, String err) {}

    /** What comes of a command behind a login shell with a start-up file. */
    private Ran run(String shell, String startUpFile, String content, String... words) throws Exception {
        assumeTrue(shell.isEmpty() || Files.isExecutable(Path.of(shell)), shell + " is not on this machine");
        Path home = folder.resolve("home");
        Path file = home.resolve(startUpFile);
        Files.createDirectories(home.resolve(".config/fish"));
        if (!startUpFile.isEmpty()) {
            Files.writeString(file, content + "\n");
        }
        // why: only a bash that sshd itself starts reads .bashrc; for another one this variable is the way
        String force = shell.isEmpty()
                ? content
                : "HOME=%s XDG_CONFIG_HOME=%s/.config BASH_ENV=%s exec %s -c \"$SSH_ORIGINAL_COMMAND\"".formatted(home, home,
                        file, shell);
        try (OpenSshServer server = new OpenSshServer(folder.resolve("server"), List.of("ForceCommand " + force));
                SshConnections ssh = new SshConnections(server.settings());
                SshConnection connection = ssh.connect(RemoteHost.parse(server.address()))) {
            server.poolIs("printf 'data %s\\n' \"$@\"; echo talk >&2; exit 5");
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            int status = connection.run(RemoteCommand.pool(List.of(words)), out, err);
            return new Ran(status, out.toString(UTF_8), err.toString(UTF_8));
        }
    }

    @ParameterizedTest
    @CsvSource({"/bin/bash,.bashrc", "/usr/bin/zsh,.zshenv", "/usr/bin/fish,.config/fish/config.fish",
        "/usr/bin/tcsh,.cshrc"})
    void aStartUpFileThatPrintsDoesNoHarm(String shell, String file) throws Exception {
        Ran ran = run(shell, file, "echo welcome; echo -n 'to this machine> '; sh -c 'echo talk >&2'", "(touch x)", "$HOME");

        assertThat(ran).isEqualTo(new Ran(5, "data (touch x)\ndata $HOME\n", "talk\n"));
    }

    @ParameterizedTest
    @CsvSource({"/bin/bash,.bashrc", "/usr/bin/zsh,.zshenv", "/usr/bin/fish,.config/fish/config.fish",
        "/usr/bin/tcsh,.cshrc"})
    void aStartUpFileThatEndsTheShellIsNoSuccess(String shell, String file) {
        assumeTrue(Files.isExecutable(Path.of(shell)), shell + " is not on this machine");

        RbeesException failure = catchThrowableOfType(RbeesException.class,
                () -> run(shell, file, "echo; echo bye; exec true"));

        assertThat(failure.code()).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
        assertThat(failure).hasMessageContaining("rbees-pool did not run on").hasMessageContaining("status 0")
                .hasMessageContaining("said: bye");
    }

    @Test
    void aShellThatShowsWhatItRunsDoesNotSayTheMarker() throws Exception {
        Ran ran = run("/bin/bash", ".bashrc", "set -x; echo $SSH_ORIGINAL_COMMAND; export ENV=$HOME/.bashrc");

        assertThat(ran).isEqualTo(new Ran(5, "data \n", "talk\n"));
    }

    @Test
    void anAccountWithoutAShellIsToldWithItsOwnWords() {
        RbeesException failure = catchThrowableOfType(RbeesException.class,
                () -> run("", "", "echo This account is not available; exit 1"));

        assertThat(failure).hasMessageContaining("status 1").hasMessageContaining("This account is not available");
    }
}

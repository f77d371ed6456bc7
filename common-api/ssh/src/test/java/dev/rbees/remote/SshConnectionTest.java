package dev.rbees.remote;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.testing.Waiting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SshConnectionTest {

    @TempDir
    Path folder;

    private OpenSshServer server;

    @BeforeEach
    void startServer() throws Exception {
        server = new OpenSshServer(folder, List.of());
    }

    @AfterEach
    void stopServer() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    private record Ran(int status, String out, String err) {}

    private Ran run(String... arguments) throws Exception {
        try (SshConnections ssh = new SshConnections(server.settings());
                SshConnection connection = ssh.connect(RemoteHost.parse(server.address()))) {
            return run(connection, arguments);
        }
    }

    private static Ran run(SshConnection connection, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = connection.run(RemoteCommand.pool(List.of(arguments)), out, err);
        return new Ran(status, out.toString(UTF_8), err.toString(UTF_8));
    }

    @Test
    void handsOnArgumentsUnchanged() throws Exception {
        server.poolIs("for a in \"$@\"; do printf '%s\\0' \"$a\"; done");
        String[] arguments = {"models", "", "it's", "a b", "$(touch /tmp/pwned)", "`id`", "\"", "\\", "a\nb", "*", "-oX=1",
            "é✓"};

        assertThat(run(arguments).out().split("\0", -1)).startsWith(arguments).hasSize(arguments.length + 1);
    }

    @Test
    void keepsOutputErrorAndExitStatusApart() throws Exception {
        server.poolIs("echo data; echo talk >&2; exit 3");

        assertThat(run()).isEqualTo(new Ran(3, "data\n", "talk\n"));
    }

    @Test
    void tellsTheEndByASignal() throws Exception {
        server.poolIs("kill -TERM $$; sleep 10");
        assertThat(run().status()).isEqualTo(128 + 15);
        try (SshConnections ssh = new SshConnections(server.settings());
                SshConnection connection = ssh.connect(RemoteHost.parse(server.address()))) {
            assertThat(connection.script("kill -KILL $$", InputStream.nullInputStream(), OutputStream.nullOutputStream(),
                    OutputStream.nullOutputStream())).isEqualTo(128 + 9);
        }
    }

    @Test
    void runsSeveralCommandsOnOneConnection() throws Exception {
        server.poolIs("echo $1; exit $1");
        try (SshConnections ssh = new SshConnections(server.settings());
                SshConnection connection = ssh.connect(RemoteHost.parse(server.address()))) {
            for (int i = 0; i < 20; i++) {
                assertThat(run(connection, "" + i)).isEqualTo(new Ran(i, i + "\n", ""));
            }
        }
    }

    @Test
    void streamsOutputAsItComes() throws Exception {
        Path goOn = folder.resolve("go-on");
        server.poolIs("echo first; while [ ! -e '" + goOn + "' ]; do sleep 0.05; done; echo second");
        CountDownLatch first = new CountDownLatch(1);
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int from, int count) {
                super.write(bytes, from, count);
                first.countDown();
            }
        };
        try (SshConnections ssh = new SshConnections(server.settings());
                SshConnection connection = ssh.connect(RemoteHost.parse(server.address()))) {
            Thread runner = Thread.ofVirtual().start(() -> connection.run(RemoteCommand.pool(List.of()), out, out));
            first.await();
            assertThat(out.toString(UTF_8)).isEqualTo("first\n");
            Files.createFile(goOn);
            assertThat(runner.join(Duration.ofSeconds(20))).isTrue();
        }
        assertThat(out.toString(UTF_8)).isEqualTo("first\nsecond\n");
    }

    @Test
    void carriesMuchOutput() throws Exception {
        server.poolIs("head -c 20000000 /dev/zero | tr '\\0' x");

        assertThat(run().out()).hasSize(20_000_000);
    }

    @Test
    void givesTheProgramNoInput() throws Exception {
        server.poolIs("cat; echo end");

        assertThat(run().out()).isEqualTo("end\n");
    }

    @Test
    void tellsAMissingProgramByItsStatus() throws Exception {
        assertThat(run("status").status()).isEqualTo(RemoteCommand.NOT_FOUND);
    }

    @Test
    void findsTheProgramWhereRbeesInstallsItself() throws Exception {
        Path home = Files.createDirectories(folder.resolve("home"));
        Path bin = Files.createDirectories(home.resolve(RemoteCommand.INSTALLED));
        server.poolIs("echo installed");
        Files.move(folder.resolve("bin/rbees-pool"), bin.resolve("rbees-pool"));
        Process sh = new ProcessBuilder("sh", "-c", LoginShell.line(RemoteCommand.pool(List.of()).job(false).script()))
                .redirectErrorStream(true).start();
        assertThat(sh.waitFor()).isEqualTo(RemoteCommand.NOT_FOUND);

        ProcessBuilder withHome = new ProcessBuilder("sh", "-c",
                LoginShell.line(RemoteCommand.pool(List.of()).job(false).script()));
        withHome.environment().put("HOME", home.toString());
        Process found = withHome.start();
        assertThat(new String(found.getInputStream().readAllBytes(), UTF_8)).endsWith("starts\ninstalled\n");
    }

    @Test
    void aCutLinkEndsTheProgramButNotWhatItHasDetached() throws Exception {
        server.poolIs("""
                      setsid sh -c 'echo $$ > "$0"; exec sleep 300' '%s/detached' </dev/null >/dev/null 2>&1 &
                      echo $$ > '%s/attached'
                      exec sleep 300""".formatted(folder, folder));
        try (CuttableLink link = new CuttableLink(server.port());
                SshConnections ssh = new SshConnections(server.settings())) {
            Files.writeString(server.knownHosts(), Files.readString(server.knownHosts())
                    .replace(":" + server.port(), ":" + link.port()));
            SshConnection connection = ssh.connect(RemoteHost.parse("127.0.0.1:" + link.port()));
            Thread runner = Thread.ofVirtual().start(() -> assertThatThrownBy(() -> run(connection))
                    .isInstanceOf(RbeesException.class));
            long attached = pid("attached");
            long detached = pid("detached");
            try {
                link.cut();

                assertThat(runner.join(Duration.ofSeconds(20))).isTrue();
                Waiting.until(() -> !isRunning(attached));
                assertThat(isRunning(detached)).isTrue();
            } finally {
                ProcessHandle.of(attached).ifPresent(ProcessHandle::destroyForcibly);
                ProcessHandle.of(detached).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    @Test
    void saysThatTheConnectionWasLost() throws Exception {
        server.poolIs("echo $$ > '%s/attached'; exec sleep 300".formatted(folder));
        try (CuttableLink link = new CuttableLink(server.port());
                SshConnections ssh = new SshConnections(server.settings())) {
            Files.writeString(server.knownHosts(), Files.readString(server.knownHosts())
                    .replace(":" + server.port(), ":" + link.port()));
            SshConnection connection = ssh.connect(RemoteHost.parse("127.0.0.1:" + link.port()));
            Thread.ofVirtual().start(() -> {
                pid("attached");
                link.cut();
            });

            assertThatThrownBy(() -> run(connection)).isInstanceOfSatisfying(RbeesException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
                assertThat(e).hasMessageContaining("was lost");
            });
        }
    }

    private long pid(String name) {
        Path file = folder.resolve(name);
        Waiting.until(() -> Files.exists(file) && file.toFile().length() > 1);
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** why: a killed process may stay a zombie for a while, and the JDK calls that alive. */
    private static boolean isRunning(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (java.io.IOException _) {
            return false;
        }
    }
}

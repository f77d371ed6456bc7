package dev.rbees.remote;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.testing.Waiting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class SharedConnectionTest {

    @TempDir
    Path folder;

    private OpenSshServer server;

    @BeforeEach
    void startServer() throws Exception {
        server = new OpenSshServer(folder, List.of("LogLevel VERBOSE"));
    }

    @AfterEach
    void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    private SshTarget target() {
        return SshTarget.of(RemoteHost.parse(server.address()));
    }

    private long logins() throws IOException {
        try (var lines = Files.lines(folder.resolve("sshd.log"))) {
            return lines.filter(line -> line.contains("Accepted publickey")).count();
        }
    }

    private static String run(SshConnection connection, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        connection.run(RemoteCommand.pool(List.of(words)), out, OutputStream.nullOutputStream());
        return out.toString(UTF_8).strip();
    }

    @Test
    void manyCallersShareOneLoginAndMoreCommandsThanChannelsAllRun() throws Exception {
        server.poolIs("sleep 0.2; echo $1");
        try (SshConnections ssh = new SshConnections(server.settings())) {
            List<Thread> callers = new ArrayList<>();
            List<String> answers = Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < 20; i++) {
                String number = "" + i;
                callers.add(Thread.ofVirtual().start(() -> {
                    try (SshConnection connection = ssh.open(target())) {
                        answers.add(run(connection, number));
                    }
                }));
            }
            for (Thread caller : callers) {
                assertThat(caller.join(Duration.ofSeconds(60))).isTrue();
            }
            assertThat(answers).hasSize(20).doesNotHaveDuplicates();
            assertThat(logins()).isOne();
        }
    }

    @Test
    void isClosedAWhileAfterTheLastHasGivenItBackAndOpenedAnewForTheNext() throws Exception {
        server.poolIs("echo ran");
        try (SshConnections ssh = new SshConnections(server.settings(), Duration.ofMillis(50))) {
            SshConnection first = ssh.open(target());
            SshConnection second = ssh.open(target());
            first.close();
            first.close();
            assertThat(run(second)).isEqualTo("ran");
            second.close();
            Waiting.until(() -> !second.isOpen());
            try (SshConnection third = ssh.open(target())) {
                assertThat(run(third)).isEqualTo("ran");
            }
            assertThat(logins()).isEqualTo(2);
        }
    }

    @Test
    void aLostConnectionIsMadeAnewForTheNextWhoAsks() throws Exception {
        server.poolIs("echo ran");
        try (CuttableLink link = new CuttableLink(server.port());
                SshConnections ssh = new SshConnections(server.settings())) {
            Files.writeString(server.knownHosts(), Files.readString(server.knownHosts())
                    .replace(":" + server.port(), ":" + link.port()));
            SshTarget target = SshTarget.of(RemoteHost.parse("127.0.0.1:" + link.port()));
            try (SshConnection first = ssh.open(target)) {
                assertThat(run(first)).isEqualTo("ran");
                link.cut();
                Waiting.until(() -> !first.isOpen());
                try (SshConnection second = ssh.open(target)) {
                    assertThat(run(second)).isEqualTo("ran");
                }
            }
        }
    }

    @Test
    void aTargetBringsItsHostKeyAndItsPrivateKey() throws Exception {
        server.poolIs("echo ran");
        Files.delete(server.knownHosts());
        Path key = Files.move(folder.resolve("key"), folder.resolve("orchestrators-key"));
        RemoteHost host = RemoteHost.parse(server.address());
        String pin = Files.readString(folder.resolve("host.pub")).strip();
        server.generate("other", "ed25519", "");
        String strange = Files.readString(folder.resolve("other.pub")).strip();
        try (SshConnections ssh = new SshConnections(server.settings())) {
            try (SshConnection connection = ssh.connect(new SshTarget(host, List.of(pin), Optional.of(key)))) {
                assertThat(run(connection)).isEqualTo("ran");
            }
            RbeesException changed = catchThrowableOfType(RbeesException.class,
                    () -> ssh.connect(new SshTarget(host, List.of(strange), Optional.of(key))));
            assertThat(changed.code()).isEqualTo(ErrorCode.FORBIDDEN);
            assertThat(changed).hasMessageContaining("has changed").hasMessageContaining("pinned");
        }
    }

    @Test
    void handsOverOneLineOnStandardInputAndEndsItThere() throws Exception {
        server.poolIs("tr '\\0' '\\n' < /proc/$$/environ | grep -c s3cret; cat /proc/$$/cmdline | grep -c s3cret; "
                + "read -r line; printf 'got %s\\n' \"$line\"; cat; echo end");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (SshConnections ssh = new SshConnections(server.settings()); SshConnection connection = ssh.open(target())) {
            assertThat(connection.run(RemoteCommand.pool(List.of("x")), " s3cret \\n $(id) ' %s", out,
                    OutputStream.nullOutputStream())).isZero();
        }
        assertThat(out.toString(UTF_8)).isEqualTo("0\n0\ngot s3cret \\n $(id) ' %s\nend\n");
    }

    @Test
    void anInterruptedCallerEndsTheProgramThere() throws Exception {
        server.poolIs("echo $$ > '%s/attached'; exec sleep 300".formatted(folder));
        for (String line : List.of("", "token")) {
            Files.deleteIfExists(folder.resolve("attached"));
            try (SshConnections ssh = new SshConnections(server.settings()); SshConnection connection = ssh.open(target())) {
                List<RbeesException> failures = new ArrayList<>();
                Thread caller = Thread.ofVirtual().start(() -> failures.add(catchThrowableOfType(RbeesException.class,
                        () -> connection.run(RemoteCommand.pool(List.of()), line, OutputStream.nullOutputStream(),
                                OutputStream.nullOutputStream()))));
                Path file = folder.resolve("attached");
                Waiting.until(() -> Files.exists(file) && file.toFile().length() > 1);
                ProcessHandle there = ProcessHandle.of(Long.parseLong(Files.readString(file).strip())).orElseThrow();

                caller.interrupt();

                assertThat(caller.join(Duration.ofSeconds(20))).isTrue();
                assertThat(failures.getFirst().code()).isEqualTo(ErrorCode.CANCELLED);
                Waiting.until(() -> !there.isAlive());
                assertThat(connection.isOpen()).isTrue();
            }
        }
    }

    @Test
    void runsAScriptOnALargeStream() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long size = 200L << 20;
        InputStream input = new InputStream() {
            private long left = size;

            @Override
            public int read() {
                return left-- > 0 ? 'x' : -1;
            }

            @Override
            public int read(byte[] bytes, int from, int count) {
                int given = (int) Math.min(count, left);
                Arrays.fill(bytes, from, from + given, (byte) 'x');
                left -= given;
                return given == 0 ? -1 : given;
            }
        };
        try (SshConnections ssh = new SshConnections(server.settings()); SshConnection connection = ssh.open(target())) {
            assertThat(connection.script("n=$(wc -c)\necho \"it's $n\" # counted\nexit 7", input, out, out)).isEqualTo(7);
        }
        assertThat(out.toString(UTF_8).strip()).isEqualTo("it's " + size);
    }

    @Test
    void aScriptThatDoesNotWantItsInputEnds() throws Exception {
        try (SshConnections ssh = new SshConnections(server.settings()); SshConnection connection = ssh.open(target())) {
            assertThat(connection.script("exit 3", new ByteArrayInputStream(new byte[50 << 20]),
                    OutputStream.nullOutputStream(), OutputStream.nullOutputStream())).isEqualTo(3);
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void forwardsAPortToThereAndAPortFromThere() throws Exception {
        try (SshConnections ssh = new SshConnections(server.settings());
                SshConnection connection = ssh.open(target());
                ServerSocket service = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                while (!service.isClosed()) {
                    try (Socket caller = service.accept()) {
                        caller.getOutputStream().write(("hello " + (char) caller.getInputStream().read()).getBytes(UTF_8));
                    } catch (IOException _) {
                        return;
                    }
                }
            });
            try (PortForward to = connection.forwardTo(service.getLocalPort());
                    PortForward from = connection.forwardFrom(0,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), service.getLocalPort()))) {
                for (PortForward forward : List.of(to, from)) {
                    assertThat(forward.port()).isPositive().isNotEqualTo(service.getLocalPort());
                    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), forward.port())) {
                        socket.getOutputStream().write('b');
                        assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8)).isEqualTo("hello b");
                    }
                }
                assertThat(catchThrowableOfType(RbeesException.class, () -> connection.forwardFrom(from.port(),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), service.getLocalPort()))))
                        .hasMessageContaining("does not open a port");
            }
        }
    }
}

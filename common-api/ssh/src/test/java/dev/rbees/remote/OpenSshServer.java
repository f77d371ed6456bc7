package dev.rbees.remote;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A real OpenSSH server of its own folder and port, with a script as {@code rbees-pool} in its PATH. */
public final class OpenSshServer implements AutoCloseable {

    private static final Path SSHD = Path.of("/usr/sbin/sshd");

    private final Path folder;
    private final int port;
    private Process process;

    /** @param extra further lines of its configuration */
    public OpenSshServer(Path folder, List<String> extra) throws Exception {
        assumeTrue(Files.isExecutable(SSHD), "no OpenSSH server (" + SSHD + ") on this machine");
        this.folder = folder;
        this.port = freePort();
        Files.createDirectories(folder.resolve("bin"));
        generate("host", "ed25519", "");
        generate("host_ecdsa", "ecdsa", "");
        generate("key", "ed25519", "");
        Files.copy(folder.resolve("key.pub"), folder.resolve("authorized"));
        Files.writeString(folder.resolve("sshd.conf"),
                String.join("\n", extra) + """

                                           Port %d
                                           ListenAddress 127.0.0.1
                                           HostKey %s/host
                                           HostKey %s/host_ecdsa
                                           AuthorizedKeysFile %s/authorized
                                           StrictModes no
                                           PidFile none
                                           UsePAM no
                                           PermitRootLogin prohibit-password
                                           PasswordAuthentication no
                                           KbdInteractiveAuthentication no
                                           SetEnv PATH=%s/bin:/usr/bin:/bin
                                           """.formatted(port, folder, folder, folder, folder));
        if (Files.isWritable(Path.of("/run"))) {
            Files.createDirectories(Path.of("/run/sshd")); // why: sshd as root wants it for its privilege separation
        }
        start();
        trust("host");
    }

    private void start() throws Exception {
        process = new ProcessBuilder(SSHD.toString(), "-D", "-e", "-f", folder.resolve("sshd.conf").toString())
                .redirectErrorStream(true).redirectOutput(folder.resolve("sshd.log").toFile()).start();
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end || !process.isAlive()) {
                    throw new IllegalStateException("sshd did not start: " + Files.readString(folder.resolve("sshd.log")),
                            e);
                }
                Thread.sleep(50);
            }
        }
    }

    /** What the server runs as rbees-pool: the body of a POSIX shell script. */
    public void poolIs(String script) throws IOException {
        Path file = folder.resolve("bin/rbees-pool");
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Makes a key pair in the folder. */
    public void generate(String name, String type, String passphrase) throws Exception {
        run("ssh-keygen", "-q", "-t", type, "-N", passphrase, "-f", folder.resolve(name).toString());
    }

    /** Writes one of the server's host keys, and nothing else, into known_hosts. */
    public void trust(String hostKey) {
        try {
            String key = Files.readString(folder.resolve(hostKey + ".pub"));
            Files.writeString(knownHosts(), "[127.0.0.1]:" + port + " " + key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has the server accept a key of the folder. */
    public void accept(String key) throws IOException {
        Files.writeString(folder.resolve("authorized"), Files.readString(folder.resolve(key + ".pub")),
                StandardOpenOption.APPEND);
    }

    public Path folder() {
        return folder;
    }

    public Path knownHosts() {
        return folder.resolve("known_hosts");
    }

    public int port() {
        return port;
    }

    /** The server as a user would name it, without an alias. */
    public String address() {
        return System.getProperty("user.name") + "@127.0.0.1:" + port;
    }

    /** Settings of a user who has the server's key file and knows its host key. */
    public SshSettings settings() throws IOException {
        Path config = Files.writeString(folder.resolve("client.conf"), """
                                                                       Host *
                                                                         IdentityFile %s/key
                                                                       """.formatted(folder));
        return new SshSettings(config, folder, Optional.empty(), System.getProperty("user.name"), Duration.ofSeconds(10));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void run(String... command) throws Exception {
        Process done = new ProcessBuilder(command).inheritIO().start();
        if (!done.waitFor(60, TimeUnit.SECONDS) || done.exitValue() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed");
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
    }
}

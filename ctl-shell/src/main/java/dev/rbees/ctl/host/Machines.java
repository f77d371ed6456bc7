package dev.rbees.ctl.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.remote.PortForward;
import dev.rbees.remote.RemoteCommand;
import dev.rbees.remote.SshConnection;
import dev.rbees.remote.SshConnections;
import dev.rbees.remote.SshPeer;
import dev.rbees.remote.SshSettings;
import dev.rbees.shell.Console;

/**
 * The machines of the operator, over SSH. Connections are kept for the next command of this program, and end with it. For any
 * thread; each call blocks its own, and ends what it runs when that is interrupted.
 */
public final class Machines {

    private final Console console;
    private @Nullable SshConnections connections;

    /** @param console whose environment says where the SSH things are, and where the operator is asked */
    public Machines(Console console) {
        this.console = console;
    }

    /** why: only now, because most commands reach no machine, and the SSH configuration may be broken. */
    private synchronized SshConnections connections() {
        if (connections == null) {
            SshSettings settings = SshSettings.of(console.environment());
            connections = new SshConnections(console.canAsk() ? settings.asking(new PersonAtTerminal(console)) : settings);
        }
        return connections;
    }

    /**
     * Reads where the SSH things are. why: on the thread of the command, because only that knows whether it may ask.
     *
     * @throws RbeesException INVALID_REQUEST when they cannot be read
     */
    public void prepare() {
        connections();
    }

    /**
     * Connects, and tells who is there.
     *
     * @throws RbeesException as {@link #run} does
     */
    public SshPeer peer(PoolTarget target) {
        try (SshConnection connection = open(target)) {
            return connection.peer();
        }
    }

    /**
     * Runs a command of rbees-pool.
     *
     * @param words the command and everything after it
     * @param firstLine what it gets on its standard input, empty for nothing
     * @param out takes its data as it comes
     * @param err takes its talk as it comes
     * @return its exit code
     * @throws RbeesException POOL_UNAVAILABLE when the machine cannot be reached or has no rbees, FORBIDDEN when it or we
     *     are not trusted, CANCELLED when the thread was interrupted
     */
    public int run(PoolTarget target, List<String> words, Optional<String> firstLine, OutputStream out, OutputStream err) {
        RemoteCommand command = RemoteCommand.pool(words, target.path());
        OutputStream data = new HarmlessStream(out);
        OutputStream talk = new HarmlessStream(err, true);
        try (SshConnection connection = open(target)) {
            return found(target, firstLine.isPresent()
                    ? connection.run(command, firstLine.get(), data, talk)
                    : connection.run(command, data, talk));
        }
    }

    /**
     * Runs a command of rbees-pool on a file of this machine, which is there for as long as the command runs.
     *
     * @param words the command with its options; the file's path there follows
     * @return its exit code
     * @throws RbeesException as {@link #run} does
     * @throws dev.rbees.cli.UsageException when it is no file that can be read
     */
    public int upload(PoolTarget target, Path file, List<String> words, OutputStream out, OutputStream err) {
        try (Upload upload = Upload.of(file); SshConnection connection = open(target)) {
            return found(target, connection.script(upload.script(target.path(), words), upload.input(),
                    new HarmlessStream(out), new HarmlessStream(err, true)));
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.INVALID_REQUEST, file + " cannot be read", e);
        }
    }

    /** Seconds since 1970 on that machine's clock. */
    public String clock(PoolTarget target) {
        CapturedOutput seconds = new CapturedOutput();
        try (SshConnection connection = open(target)) {
            connection.script("date +%s", InputStream.nullInputStream(), seconds, OutputStream.nullOutputStream());
        }
        return seconds.text().strip();
    }

    /** A way to a port of that machine's loopback address, open until it is closed. */
    public Reach reach(PoolTarget target, int port) {
        SshConnection connection = open(target);
        try {
            PortForward forward = connection.forwardTo(port);
            return new Reach(forward.port(), () -> {
                forward.close();
                connection.close();
            });
        } catch (RbeesException e) {
            connection.close();
            throw e;
        }
    }

    /** Bytes of main memory that a process of that machine holds; empty when it does not say. */
    public Optional<Long> residentBytes(PoolTarget target, long pid) {
        CapturedOutput said = new CapturedOutput();
        try (SshConnection connection = open(target)) {
            connection.script("ps -o rss= -p " + pid, InputStream.nullInputStream(), said, OutputStream.nullOutputStream());
        }
        return Reach.kibibytes(said.text());
    }

    /**
     * Runs a POSIX shell script.
     *
     * @param input its standard input, to the end
     * @return its exit status
     * @throws RbeesException as {@link #run} does
     */
    public int script(PoolTarget target, String script, InputStream input, OutputStream out, OutputStream err) {
        try (SshConnection connection = open(target)) {
            return connection.script(script, input, out, err);
        }
    }

    private SshConnection open(PoolTarget target) {
        SshConnection connection = connections().open(target.ssh());
        try {
            PinnedKeys.check(target, connection.peer().hostKey());
            return connection;
        } catch (RbeesException e) {
            connection.close();
            throw e;
        }
    }

    private static int found(PoolTarget target, int status) {
        if (status == RemoteCommand.NOT_FOUND) {
            throw new RbeesException(ErrorCode.POOL_UNAVAILABLE, "there is no rbees-pool on " + target.name()
                    + target.path().map(path -> ", neither in " + path + " nor").orElse(", neither")
                    + " in its PATH nor in ~/"
                    + RemoteCommand.INSTALLED + "; bring it there with 'rbees pool install --host " + target.name() + "'");
        }
        return status;
    }
}

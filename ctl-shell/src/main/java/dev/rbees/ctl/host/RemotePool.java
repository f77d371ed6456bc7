package dev.rbees.ctl.host;

import java.io.OutputStream;
import java.util.List;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.remote.RemoteCommand;
import dev.rbees.remote.RemoteHost;
import dev.rbees.remote.SshConnection;
import dev.rbees.remote.SshConnections;
import dev.rbees.remote.SshSettings;

/** rbees-pool of another machine. */
public final class RemotePool {

    private final SshSettings settings;
    private final RemoteHost host;

    public RemotePool(SshSettings settings, RemoteHost host) {
        this.settings = settings;
        this.host = host;
    }

    /**
     * Runs one of its commands.
     *
     * @param words the command and everything after it, as they were typed
     * @param out takes its data as it comes
     * @param err takes its talk as it comes
     * @return its exit code
     * @throws RbeesException POOL_UNAVAILABLE when the machine cannot be reached or has no rbees, FORBIDDEN when it or we
     *     are not trusted
     */
    public int run(List<String> words, OutputStream out, OutputStream err) {
        try (SshConnections ssh = new SshConnections(settings); SshConnection connection = ssh.connect(host)) {
            int status = connection.run(RemoteCommand.pool(words), new HarmlessStream(out), new HarmlessStream(err));
            if (status == RemoteCommand.NOT_FOUND) {
                throw new RbeesException(ErrorCode.POOL_UNAVAILABLE, "there is no rbees-pool on " + host
                        + ", neither in its PATH nor in ~/" + RemoteCommand.INSTALLED + "; install rbees there");
            }
            return status;
        }
    }
}

package dev.rbees.remote;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.Printable;

/** Tells what went wrong with a connection, and what to do about it. */
final class SshFailures {

    private static final Set<Integer> LOGIN = Set.of(SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
            SshConstants.SSH2_DISCONNECT_AUTH_CANCELLED_BY_USER, SshConstants.SSH2_DISCONNECT_ILLEGAL_USER_NAME);

    private static final int LONGEST_QUOTE = 200;
    /** What OpenSSH says when it has seen MaxAuthTries keys. */
    private static final String TOO_MANY = "Too many authentication failures";
    /** Texts that name Java's classes, or futures and sessions of the library. */
    private static final Pattern INTERNAL = Pattern
            .compile("Session is|[A-Z][a-z]+[A-Z]\\w*|\\w+\\.\\w+\\.\\w+|\\[|@[0-9a-f]{4}");

    private final RemoteHost host;
    private final Duration patience;
    private final @Nullable Identities identities;

    /** @param identities that are offered, null before there are any */
    SshFailures(RemoteHost host, Duration patience, @Nullable Identities identities) {
        this.host = host;
        this.patience = patience;
        this.identities = identities;
    }

    /** Why there is no connection, or no login. */
    RbeesException connecting(Throwable failure) {
        for (Throwable cause : chain(failure)) {
            switch (cause) {
                case RbeesException told -> {
                    return told;
                }
                case UnresolvedAddressException _,UnknownHostException _ -> {
                    return unavailable("no machine is called " + host.name()
                            + "; is the name right, and known to the SSH configuration or to DNS?", failure);
                }
                case ConnectException _ -> {
                    return unavailable(host + " refuses the connection; is sshd running there, and on this port?", failure);
                }
                case NoRouteToHostException _ -> {
                    return unavailable("there is no way to " + host + "; is the machine up, and the network?", failure);
                }
                case TimeoutException _ -> {
                    return unavailable("no answer from " + host + " in " + patience.toSeconds()
                            + " s; is the machine up, and does a firewall let us through?", failure);
                }
                case SshException refused when LOGIN.contains(refused.getDisconnectCode()) -> {
                    return login(failure);
                }
                case SshException refused when String.valueOf(refused.getMessage()).contains(TOO_MANY) -> {
                    return new RbeesException(ErrorCode.FORBIDDEN, host + " ended the login after so many keys that it does"
                            + " not know; name the right one as IdentityFile in the SSH configuration, with IdentitiesOnly yes",
                            failure);
                }
                case SshException refused when refused
                        .getDisconnectCode() == SshConstants.SSH2_DISCONNECT_KEY_EXCHANGE_FAILED -> {
                    return unavailable("sshd on " + host + " offers only algorithms that are not considered safe any more; "
                            + "renew its OpenSSH or its settings", failure);
                }
                default -> {}
            }
        }
        return unavailable("the SSH connection to " + host + " failed: " + reason(failure), failure);
    }

    /** What the server or the library said, without names of classes and objects. */
    private static String reason(Throwable failure) {
        return chain(failure).stream().filter(SshException.class::isInstance).map(Throwable::getMessage)
                .filter(Objects::nonNull).filter(text -> !INTERNAL.matcher(text).find()).findFirst()
                .map(Printable::text).orElse("the other side ended it; is an SSH server at this port?");
    }

    /** The link went away while a command was running. */
    RbeesException lost(Throwable failure) {
        return unavailable("the connection to " + host + " was lost; the command there is being ended, look at its result"
                + " before you repeat it", failure);
    }

    /** This thread was interrupted while it waited. */
    RbeesException cancelled() {
        return new RbeesException(ErrorCode.CANCELLED, "cancelled; the command on " + host + " is being ended there");
    }

    /**
     * The login shell ended before the program was started.
     *
     * @param program that was to run
     * @param status the exit status of the shell
     * @param said the first line that came from there
     */
    RbeesException notStarted(String program, int status, String said) {
        return unavailable(program + " did not run on " + host + ": the login shell there ended before it, with status "
                + status + (said.isEmpty() ? " and no word" : ", and said: " + Printable.line(cut(said)))
                + "; do its start-up files end the shell, or is there no sh?", null);
    }

    private static String cut(String line) {
        return line.length() > LONGEST_QUOTE ? line.substring(0, LONGEST_QUOTE) + "…" : line;
    }

    RbeesException allBusy(int channels, Duration waited) {
        return unavailable(channels + " commands are running on " + host + " over this connection, and none has ended in "
                + waited.toSeconds() + " s; try again later", null);
    }

    RbeesException noForward(int port, Throwable failure) {
        return unavailable(host + " does not open a port for us" + (port == 0 ? "" : " (" + port + ")")
                + "; is it free there, and does its sshd allow AllowTcpForwarding remote?", failure);
    }

    private RbeesException login(Throwable failure) {
        StringBuilder not = new StringBuilder();
        for (KeyFile file : identities == null ? List.<KeyFile>of() : identities.unusable()) {
            not.append("; not used: ").append(file.path()).append(", which ").append(switch (file) {
                case KeyFile.Unusable unusable -> unusable.why();
                case KeyFile.PublicHalf _ -> "is a public key that the agent does not have";
                case KeyFile.Locked _,KeyFile.Open _ -> "needs its passphrase (run ssh-add, so that the agent has it)";
            });
        }
        return new RbeesException(ErrorCode.FORBIDDEN, host + " accepts none of our keys" + not
                + "; put one into its authorized_keys with ssh-copy-id, or name it as IdentityFile in the SSH configuration",
                failure);
    }

    private static RbeesException unavailable(String message, @Nullable Throwable cause) {
        return new RbeesException(ErrorCode.POOL_UNAVAILABLE, message, cause);
    }

    private static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable cause = failure; cause != null && chain.size() < 20; cause = cause.getCause()) {
            chain.add(cause);
        }
        return chain.reversed();
    }
}

package dev.rbees.shell.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Why a request got no answer, as far as the JDK's exceptions and a second look at the port tell. */
public enum ConnectionTrouble {

    /** No name server knows the host. */
    NAME_UNKNOWN("the name of %s is not known to the name server", "check its spelling"),
    /** The host is there, and refuses connections to the port. */
    NOTHING_LISTENS("no answer from %s: nothing listens there", ""),
    /** Nothing comes back from the host at all. */
    NO_WAY("no answer from %s: there is no way to that host", "check the address, and whether a firewall lets it through"),
    /** No authority that is trusted here has signed the certificate. */
    CERTIFICATE_UNTRUSTED("the certificate of %s is signed by nobody that is trusted here",
            "name the file of its authority's certificate (PEM) with --ca-file or RBEES_CA_FILE"),
    /** The certificate is out of date, or this machine's clock is. */
    CERTIFICATE_OUTDATED("the certificate of %s is not valid today", "renew it, or set the clock of this machine"),
    /** The certificate is for other names. */
    CERTIFICATE_OF_ANOTHER("the certificate of %s is for another name", "use the name that stands in the certificate"),
    /** Both sides speak TLS and cannot agree. */
    TLS_FAILED("%s and this program agree on no TLS connection", "the other side must offer TLS 1.2 or 1.3"),
    /** https was asked of a port that speaks plain HTTP, or something else. */
    NO_TLS("%s does not speak TLS", "write http:// instead of https://, or check the port"),
    /** http was asked of a port that speaks TLS. */
    TLS_WANTED("%s speaks TLS only", "write https:// instead of http://"),
    /** Something else listens there. */
    NO_HTTP("what listens at %s does not speak HTTP", "check the port"),
    /** The request may have arrived, and no answer came in time. */
    SILENT("no answer from %s in time", ""),
    /** The request may have arrived, and the connection broke. */
    BROKEN("no answer from %s: the connection broke", "");

    private static final int SECOND_LOOK_MILLIS = 2000;

    private final String problem;
    private final String advice;

    ConnectionTrouble(String problem, String advice) {
        this.problem = problem;
        this.advice = advice;
    }

    /** What the failure of a request to this address means. */
    public static ConnectionTrouble of(URI base, IOException failure) {
        return switch (failure) {
            case UnknownHostException _ -> NAME_UNKNOWN;
            case NoRouteToHostException _ -> NO_WAY;
            case ConnectException _ -> NOTHING_LISTENS;
            case SocketTimeoutException late -> message(late).startsWith("Connect") ? NO_WAY : SILENT;
            case SSLException tls -> ofTls(tls);
            default -> ofBroken(base, failure);
        };
    }

    private static ConnectionTrouble ofTls(SSLException failure) {
        List<Throwable> causes = Stream.<Throwable>iterate(failure, cause -> cause != null, Throwable::getCause).toList();
        if (causes.stream().anyMatch(ConnectionTrouble::outdated)) {
            return CERTIFICATE_OUTDATED;
        }
        Optional<Throwable> refused = causes.stream().filter(CertificateException.class::isInstance).findFirst();
        if (refused.isPresent()) {
            return message(refused.get()).matches("No (subject alternative|name).*") ? CERTIFICATE_OF_ANOTHER
                    : CERTIFICATE_UNTRUSTED;
        }
        return message(failure).startsWith("Unsupported or unrecognized SSL message") ? NO_TLS : TLS_FAILED;
    }

    private static boolean outdated(Throwable cause) {
        return cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException;
    }

    private static ConnectionTrouble ofBroken(URI base, IOException failure) {
        if ("http".equals(base.getScheme()) && speaksTls(base)) {
            return TLS_WANTED;
        }
        return message(failure).startsWith(ProgramClient.NO_HTTP) ? NO_HTTP : BROKEN;
    }

    /** why: a port that speaks TLS only hangs up on plain HTTP, as a program that dies does. */
    private static boolean speaksTls(URI base) {
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(base.getHost(), base.getPort() < 0 ? 80 : base.getPort()),
                    SECOND_LOOK_MILLIS);
            plain.setSoTimeout(SECOND_LOOK_MILLIS);
            SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
            try (SSLSocket tls = (SSLSocket) factory.createSocket(plain, base.getHost(), plain.getPort(), true)) {
                tls.startHandshake();
                return true;
            }
        } catch (SSLException e) {
            ConnectionTrouble trouble = ofTls(e);
            return trouble == CERTIFICATE_UNTRUSTED || trouble == CERTIFICATE_OUTDATED || trouble == CERTIFICATE_OF_ANOTHER;
        } catch (IOException _) {
            return false;
        }
    }

    private static String message(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }

    /** One sentence for people, without a full stop. */
    public String problem(URI base) {
        return problem.formatted(base);
    }

    /** What mends it; empty when that depends on the program. */
    public String advice() {
        return advice;
    }

    /** Whether nobody was there, so that another program may be asked for the same without its being done twice. */
    public boolean reachedNobody() {
        return this == NAME_UNKNOWN || this == NOTHING_LISTENS || this == NO_WAY;
    }
}

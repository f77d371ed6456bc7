package dev.rbees.remote;

import java.security.PublicKey;
import java.util.List;
import java.util.Optional;

import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.session.Session;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** One try to log in on one machine; the library's threads find it at their session. */
final class LoginAttempt {

    private static final AttributeRepository.AttributeKey<LoginAttempt> KEY = new AttributeRepository.AttributeKey<>();

    private final SshHop hop;
    private final Identities identities;
    private volatile @Nullable PublicKey unknownKey;

    LoginAttempt(SshHop hop, Identities identities) {
        this.hop = hop;
        this.identities = identities;
    }

    AttributeRepository context() {
        return AttributeRepository.ofKeyValuePair(KEY, this);
    }

    static LoginAttempt of(Session session) {
        AttributeRepository context = ((ClientSession) session).getConnectionContext();
        LoginAttempt attempt = context == null ? null : context.getAttribute(KEY);
        if (attempt == null) {
            throw new RbeesException(ErrorCode.INTERNAL, "an SSH session that nobody asked for");
        }
        return attempt;
    }

    Identities identities() {
        return identities;
    }

    /** @throws RbeesException FORBIDDEN when the key is not trusted */
    void checkHostKey(PublicKey key) {
        if (hop.hostKeys().check(key) == KnownHosts.Verdict.UNKNOWN) {
            unknownKey = key;
            throw hop.hostKeys().unknown(key);
        }
    }

    /** The key that nobody knew. */
    Optional<PublicKey> unknownKey() {
        return Optional.ofNullable(unknownKey);
    }

    /** The order in which types of host keys are asked for. */
    List<String> hostKeyOrder(List<String> offered) {
        return StrongAlgorithms.hostKeyOrder(offered, hop.hostKeys().keyTypes(), hop.hostKeys().hasAuthority());
    }
}

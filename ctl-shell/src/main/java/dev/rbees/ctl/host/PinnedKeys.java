package dev.rbees.ctl.host;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** Holds the host key that a machine shows against those that were seen when it was registered. */
final class PinnedKeys {

    private PinnedKeys() {}

    /**
     * why: a server has a key of each type, and known_hosts may have got another type since; only another key of the same
     * type says that it is another machine.
     *
     * @param shown as {@code type base64}
     * @throws RbeesException FORBIDDEN when another key of that type is pinned
     */
    static void check(PoolTarget target, String shown) {
        String type = shown.substring(0, shown.indexOf(' ') + 1);
        boolean sameType = target.pinned().stream().anyMatch(key -> key.startsWith(type));
        if (sameType && !target.pinned().contains(shown)) {
            throw new RbeesException(ErrorCode.FORBIDDEN, "the host key of " + target.name() + " is not the one that was pinned"
                    + " when it was registered. When you know that the machine was installed anew, run: rbees pool register "
                    + target.name());
        }
    }
}

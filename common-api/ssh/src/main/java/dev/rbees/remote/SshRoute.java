package dev.rbees.remote;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** The machines to go through, in the order in which they are dialled. */
final class SshRoute {

    private static final int MOST_HOPS = 8;

    private final SshConfig config;
    private final SshSettings settings;

    SshRoute(SshSettings settings) {
        this.settings = settings;
        this.config = SshConfig.of(settings);
    }

    /**
     * The way to a machine. Of several jumps the first is nearest to us, and may have jumps of its own.
     *
     * @throws RbeesException INVALID_REQUEST when the configuration is wrong for one of them
     */
    List<SshHop> to(SshTarget target) {
        List<SshHop> hops = new ArrayList<>();
        SshHostConfig found = config.of(target.host());
        addJumps(found, hops, 0);
        hops.add(hop(target.host(), found, target.hostKeys(), target.keyFile()));
        return hops;
    }

    private void addJumps(SshHostConfig host, List<SshHop> hops, int depth) {
        List<String> jumps = host.proxyJump();
        for (int i = 0; i < jumps.size(); i++) {
            if (depth + hops.size() >= MOST_HOPS) {
                throw RbeesException.invalid("ssh_config", "proxy-jump", "the ProxyJump of " + host.original()
                        + " leads through more than " + MOST_HOPS + " machines, or in a ring; except the jump host itself"
                        + " ('Host * !jump-host')");
            }
            RemoteHost jump = jump(host, jumps.get(i));
            SshHostConfig found = config.of(jump);
            if (i == 0) {
                addJumps(found, hops, depth + 1);
            }
            hops.add(hop(jump, found, List.of(), Optional.empty()));
        }
    }

    private static RemoteHost jump(SshHostConfig host, String text) {
        String plain = text.replace("%h", host.hostName()).replace("%n", host.original()).replace("%p", "" + host.port())
                .replace("%r", host.user());
        try {
            return RemoteHost.parse(plain.startsWith("ssh://") ? plain.substring("ssh://".length()) : plain);
        } catch (RbeesException e) {
            throw new RbeesException(ErrorCode.INVALID_REQUEST,
                    "the ProxyJump of " + host.original() + " in the SSH configuration names no host: " + e.userMessage(),
                    e);
        }
    }

    private SshHop hop(RemoteHost name, SshHostConfig found, List<String> pins, Optional<Path> keyFile) {
        List<Path> identities = found.identityFiles().stream().filter(file -> !file.equalsIgnoreCase("none"))
                .map(file -> path(file, found)).toList();
        KnownHosts known = new KnownHosts(found.userKnownHosts().stream().map(file -> path(file, found)).toList(),
                found.globalKnownHosts().stream().map(file -> path(file, found)).toList(), found.hostName(), found.port(),
                found.hostKeyAlias());
        return new SshHop(name, found, pins.isEmpty() ? known : known.pinned(pins), keyFile, identities);
    }

    private Path path(String file, SshHostConfig host) {
        return SshPaths.expanded(file, host, settings.user(), settings.folder());
    }
}

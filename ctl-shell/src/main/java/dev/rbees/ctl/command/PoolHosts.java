package dev.rbees.ctl.command;

import java.util.List;

import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.OptionSpec;
import dev.rbees.ctl.host.PoolTarget;
import dev.rbees.ctl.host.PoolTargets;

/**
 * The machines that a command line names.
 *
 * @param targets in the order in which they were named, at least one
 * @param several whether the answer is to be one for several, also when all of them are one
 */
record PoolHosts(List<PoolTarget> targets, boolean several) {

    static final OptionSpec HOST = OptionSpec.repeatable("host", "host",
            "the machine: a pool's id, host, user@host, host:port or an alias of the SSH configuration; several with commas")
            .among(Candidates.HOSTS);
    static final OptionSpec ALL = OptionSpec.flag("all", "every registered pool, all at the same time");

    /** @throws dev.rbees.cli.UsageException when none is named */
    static PoolHosts of(CommandLine line, PoolTargets pools) {
        boolean all = line.flag(ALL.name());
        List<PoolTarget> targets = pools.named(line.options(HOST.name()), all);
        return new PoolHosts(targets, all || targets.size() > 1);
    }

    /** Their names, for people. */
    String names() {
        return String.join(", ", targets.stream().map(PoolTarget::name).toList());
    }
}

package dev.rbees.ctl.command;

import java.util.ArrayList;
import java.util.List;

import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.ctl.host.RemotePool;
import dev.rbees.remote.RemoteHost;
import dev.rbees.remote.SshSettings;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.pool.PoolSpecs;

/** A command of rbees-pool, run on another machine: {@code pool …} with the same words, and {@code --host}. */
record RemotePoolCommand(CommandSpec local, Console console) {

    private static final OptionSpec HOST = OptionSpec.required("host", "host",
            "the machine: host, user@host, host:port or an alias of the SSH configuration").among(Candidates.HOSTS);

    /** One for each command of rbees-pool. */
    static List<ShellCommand> all(Console console) {
        return PoolSpecs.ALL.stream().map(spec -> new RemotePoolCommand(spec, console))
                .map(remote -> new ShellCommand(remote.spec(), remote::run)).toList();
    }

    private CommandSpec spec() {
        return local.elsewhere().with("pool " + local.path(), List.of(HOST),
                local.examples().stream().map(RemotePoolCommand::example).toList());
    }

    private static String example(String local) {
        return local.replaceFirst("^rbees-pool ", "rbees pool ") + " --host gpu-box";
    }

    private int run(CommandLine line) {
        List<String> words = new ArrayList<>(local.words());
        words.addAll(line.wordsWithout(HOST.name()));
        RemoteHost host = RemoteHost.parse(line.option(HOST.name()).orElseThrow());
        return new RemotePool(SshSettings.of(console.environment()), host).run(words, console.out(), console.err());
    }
}

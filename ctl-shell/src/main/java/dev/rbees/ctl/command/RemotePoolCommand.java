package dev.rbees.ctl.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.UsageException;
import dev.rbees.ctl.host.HostReport;
import dev.rbees.ctl.host.HostRun;
import dev.rbees.ctl.host.Machines;
import dev.rbees.ctl.host.ManyHosts;
import dev.rbees.ctl.host.PoolTargets;
import dev.rbees.shell.Console;
import dev.rbees.shell.Farewell;
import dev.rbees.shell.RemoteTerminal;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.pool.PoolSpecs;
import dev.rbees.shell.render.OutputFormat;

/**
 * A command of rbees-pool, run on other machines: {@code pool …} with the same words, and {@code --host}. For one machine
 * everything is as it is there; for several see {@link HostReport}.
 */
record RemotePoolCommand(CommandSpec local, Machines machines, PoolTargets pools, Console console) {

    private static final String OUTPUT = OutputFormat.OPTION.name();

    private static final OptionSpec UPLOAD = OptionSpec.flag("upload",
            "the path is a file of this machine, which is sent there; without it, it is on the other machine");

    /** One for each command of rbees-pool but the one that has a class of its own here. */
    static List<ShellCommand> all(Machines machines, PoolTargets pools, Console console) {
        return PoolSpecs.ALL.stream().filter(spec -> !spec.equals(PoolSpecs.DOCTOR))
                .map(spec -> new RemotePoolCommand(spec, machines, pools, console))
                .map(remote -> new ShellCommand(remote.spec(), remote::run)).toList();
    }

    private CommandSpec spec() {
        return local.equals(PoolSpecs.MODELS_IMPORT) ? spec(local, UPLOAD) : spec(local);
    }

    /** The command as it is called here. */
    static CommandSpec spec(CommandSpec local, OptionSpec... more) {
        CommandSpec there = local.elsewhere();
        List<OptionSpec> added = new ArrayList<>(List.of(more));
        added.addAll(List.of(PoolHosts.HOST, PoolHosts.ALL));
        return new CommandSpec(there.path(), there.summary(), there.arguments(),
                there.options().stream().filter(option -> !option.equals(PoolSpecs.TOKEN_STDIN)).toList(), List.of())
                .with("pool " + local.path(), added, local.examples().stream().map(RemotePoolCommand::example).toList());
    }

    private static String example(String local) {
        return local.replaceFirst("^rbees-pool ", "rbees pool ") + " --host gpu-box";
    }

    private int run(CommandLine line) {
        PoolHosts hosts = PoolHosts.of(line, pools);
        SpawnExtras extras = local.equals(PoolSpecs.WORKER_SPAWN)
                ? SpawnExtras.of(line, console.environment())
                : SpawnExtras.NONE;
        try (Farewell _ = farewell(hosts)) {
            return hosts.several() ? onSeveral(line, hosts, extras) : onOne(line, hosts, extras);
        }
    }

    private Farewell farewell(PoolHosts hosts) {
        String goesOn = local.equals(PoolSpecs.WORKER_SPAWN)
                ? "; a worker that has begun goes on loading, 'rbees pool worker list' with the same --host shows it"
                : "";
        return Farewell.saying(console, () -> "ended '" + local.path() + "' on " + hosts.names() + goesOn);
    }

    private int onOne(CommandLine line, PoolHosts hosts, SpawnExtras extras) {
        List<String> words = new ArrayList<>();
        if (console.canRewriteErr()) {
            words.add(RemoteTerminal.word(console.errColumns()));
        }
        words.addAll(words(line, extras));
        return work(line, words, extras).on(hosts.targets().getFirst(), console.out(), console.err());
    }

    private int onSeveral(CommandLine line, PoolHosts hosts, SpawnExtras extras) {
        Optional<OutputFormat> format = local.option(OUTPUT).map(_ -> OutputFormat.of(line));
        if (line.flag("follow")) {
            throw new UsageException("--follow takes one host");
        }
        boolean summary = local.equals(PoolSpecs.STATUS) && format.filter(OutputFormat.TABLE::equals).isPresent();
        List<String> words = summary || format.filter(form -> form == OutputFormat.JSON || form == OutputFormat.YAML).isPresent()
                ? asJson(line, extras)
                : words(line, extras);
        List<HostRun> runs = new ManyHosts(console::say).run(hosts.targets(), work(line, words, extras));
        if (summary) {
            StatusOfHosts.print(console.out(), runs);
        } else {
            new HostReport(console.out()).print(format.orElse(OutputFormat.TABLE), runs);
        }
        return ManyHosts.gravest(runs);
    }

    private ManyHosts.Work work(CommandLine line, List<String> words, SpawnExtras extras) {
        return line.flag(UPLOAD.name())
                ? (target, out, err) -> machines.upload(target, Path.of(line.argument(0)), words, out, err)
                : (target, out, err) -> machines.run(target, words, extras.firstLine(), out, err);
    }

    /** The words for the other machine; without the path of a file that is sent there. */
    private List<String> words(CommandLine line, SpawnExtras extras, String... without) {
        List<String> leftOut = new ArrayList<>(List.of(without));
        leftOut.addAll(List.of(PoolHosts.HOST.name(), PoolHosts.ALL.name()));
        List<String> words = new ArrayList<>(local.words());
        words.addAll(extras.words());
        if (line.flag(UPLOAD.name())) {
            Stream.of("id", OUTPUT).filter(name -> !leftOut.contains(name)).forEach(name -> line.option(name)
                    .ifPresent(value -> words.add("--" + name + "=" + value)));
        } else {
            words.addAll(line.wordsWithout(leftOut.toArray(String[]::new)));
        }
        return words;
    }

    /** why: what each machine prints becomes part of one document, whichever form that has. */
    private List<String> asJson(CommandLine line, SpawnExtras extras) {
        List<String> words = words(line, extras, OUTPUT);
        words.add(local.words().size(), "--" + OUTPUT + "=json");
        return words;
    }
}

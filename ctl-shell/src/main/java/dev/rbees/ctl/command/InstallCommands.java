package dev.rbees.ctl.command;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.GravestExit;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.ctl.host.HostAnswer;
import dev.rbees.ctl.host.Machines;
import dev.rbees.ctl.host.PoolTarget;
import dev.rbees.ctl.host.PoolTargets;
import dev.rbees.ctl.install.InstallFolder;
import dev.rbees.ctl.install.InstallReport;
import dev.rbees.ctl.install.Installer;
import dev.rbees.ctl.install.JavaChoice;
import dev.rbees.ctl.install.RemoteShell;
import dev.rbees.ctl.install.UninstallReport;
import dev.rbees.ctl.install.Uninstaller;
import dev.rbees.home.RbeesHome;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.render.Amounts;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Documents;
import dev.rbees.shell.render.Listing;
import dev.rbees.shell.render.OutputFormat;

import static java.nio.charset.StandardCharsets.UTF_8;

/** {@code pool install}, {@code pool upgrade} and {@code pool uninstall}. */
final class InstallCommands {

    private static final OptionSpec ALL = OptionSpec.flag("all", "every registered pool, one after the other");
    private static final OptionSpec NO_RUNTIME = OptionSpec.flag("no-runtime",
            "bring no Java along; a Java 25 or newer is there");
    private static final OptionSpec JAVA_HOME = OptionSpec.optional("java-home", "path",
            "the unpacked JDK or Java runtime (25 or newer, of the machine's platform) to bring along in place of one like ours")
            .among(Candidates.FILES);
    private static final OptionSpec DIR = OptionSpec.optional("dir", "path",
            "where it is installed there (default: ~/" + InstallFolder.USUAL.path() + ")");
    private static final OptionSpec YES = OptionSpec.flag("yes",
            "ask nothing, and end what runs from there");

    private static final CommandSpec INSTALL = new CommandSpec("pool install",
            "Bring this rbees to another machine, with a Java runtime", List.of(),
            List.of(PoolHosts.HOST, ALL, NO_RUNTIME, JAVA_HOME, DIR, OutputFormat.OPTION),
            List.of("rbees pool install --host gpu-box", "rbees pool install --host gpu-box --no-runtime"));
    private static final CommandSpec UPGRADE = new CommandSpec("pool upgrade",
            "Bring this rbees to a machine that has another version of it", List.of(),
            List.of(PoolHosts.HOST, ALL, NO_RUNTIME, JAVA_HOME, DIR, OutputFormat.OPTION),
            List.of("rbees pool upgrade --all"));
    private static final CommandSpec UNINSTALL = new CommandSpec("pool uninstall",
            "Remove the rbees that was installed on another machine; models and settings stay", List.of(),
            List.of(PoolHosts.HOST, ALL, DIR, YES, OutputFormat.OPTION),
            List.of("rbees pool uninstall --host gpu-box"));

    private static final Listing<Outcome<InstallReport>> INSTALLED = new Listing<>(Outcome::host, List.of(
            Column.text("HOST", Outcome::host),
            Column.word("VERSION", shown(report -> report.version() + "-" + report.digest())),
            Column.word("RUNTIME", shown(InstallReport::runtime)),
            Column.word("TIME", outcome -> outcome.report() == null ? "failed" : time(outcome.report()))));

    private static final Listing<Outcome<UninstallReport>> REMOVED = new Listing<>(Outcome::host, List.of(
            Column.text("HOST", Outcome::host),
            Column.text("REMOVED",
                    outcome -> outcome.report() == null ? "failed" : String.join(", ", outcome.report().removed())),
            Column.number("STOPPED", shown(UninstallReport::stopped)),
            Column.text("KEPT", shown(UninstallReport::home))));

    private final Machines machines;
    private final PoolTargets pools;
    private final RbeesHome home;
    private final Console console;

    /** What came of it on one machine: a report, or why there is none. */
    private record Outcome<T>(String host, @Nullable T report, @Nullable RbeesException failure) {

        HostAnswer answer() {
            if (failure != null) {
                return new HostAnswer(host, false, null,
                        new HostAnswer.Failure(failure.code().name(), failure.userMessage()));
            }
            String json = Json.write(Objects.requireNonNull(report, "a report"));
            return new HostAnswer(host, true, Json.readTree(json.getBytes(UTF_8)), null);
        }
    }

    /** What is done on one machine. */
    private interface Work<T> {
        T on(String name, RemoteShell shell);
    }

    InstallCommands(Machines machines, PoolTargets pools, RbeesHome home, Console console) {
        this.machines = machines;
        this.pools = pools;
        this.home = home;
        this.console = console;
    }

    List<ShellCommand> all() {
        return List.of(new ShellCommand(INSTALL, line -> install(line, false)),
                new ShellCommand(UPGRADE, line -> install(line, true)),
                new ShellCommand(UNINSTALL, this::uninstall));
    }

    private int install(CommandLine line, boolean onlyIfDifferent) {
        Optional<String> java = line.option(JAVA_HOME.name());
        boolean bring = !line.flag(NO_RUNTIME.name());
        if (!bring && java.isPresent()) {
            throw new UsageException("--java-home names a Java to bring along, and --no-runtime says to bring none");
        }
        PoolHosts hosts = PoolHosts.of(line, pools);
        InstallFolder folder = folder(line);
        Installer installer = new Installer(console, home.open(), new JavaChoice(bring, java), folder,
                InstantSource.system());
        int status = each(hosts, OutputFormat.of(line), INSTALLED,
                (name, shell) -> installer.install(name, shell, onlyIfDifferent));
        if (status == ExitCode.OK.code() && !folder.equals(InstallFolder.USUAL)) {
            console.say("the remote commands find it there once the pool is registered with --path "
                    + (folder.path().startsWith("/") ? "" : "~/") + folder.path() + "/current/bin");
        }
        return status;
    }

    private int uninstall(CommandLine line) {
        boolean yes = line.flag(YES.name());
        PoolHosts hosts = PoolHosts.of(line, pools);
        Uninstaller uninstaller = new Uninstaller(console, folder(line));
        OutputFormat format = OutputFormat.of(line);
        if (!yes && console.canAsk() && !console.confirms("Remove rbees from " + hosts.names() + "?")) {
            console.say("nothing was removed");
            return ExitCode.FAILED.code();
        }
        return each(hosts, format, REMOVED, (name, shell) -> uninstaller.uninstall(name, shell, yes));
    }

    /** Does it on one machine after the other, and prints what came of it. Of a single one, a failure is that of the command. */
    private <T> int each(PoolHosts hosts, OutputFormat format, Listing<Outcome<T>> listing, Work<T> work) {
        List<Outcome<T>> outcomes = new ArrayList<>();
        int gravest = ExitCode.OK.code();
        for (PoolTarget target : hosts.targets()) {
            try {
                outcomes.add(new Outcome<>(target.name(), work.on(target.name(),
                        (script, input, out, err) -> machines.script(target, script, input, out, err)), null));
            } catch (RbeesException e) {
                RbeesException named = named(target.name(), e);
                if (!hosts.several() || e.code() == ErrorCode.CANCELLED) {
                    throw named;
                }
                console.say("error: " + Printable.line(named.userMessage()));
                outcomes.add(new Outcome<>(target.name(), null, e));
                gravest = GravestExit.of(gravest, e.code().exitCode().code());
            }
        }
        print(hosts.several(), format, listing, outcomes);
        return gravest;
    }

    private <T> void print(boolean several, OutputFormat format, Listing<Outcome<T>> listing, List<Outcome<T>> outcomes) {
        Object document = several ? outcomes.stream().map(Outcome::answer).toList() : outcomes.getFirst().report();
        switch (format) {
            case TABLE, NAME -> listing.print(console.out(), format, outcomes);
            case JSON -> console.out().println(Documents.json(Objects.requireNonNull(document, "a report")));
            case YAML -> console.out().print(Documents.yaml(Objects.requireNonNull(document, "a report")));
        }
        console.out().flush();
    }

    private static RbeesException named(String host, RbeesException e) {
        return e.userMessage().contains(host) ? e : new RbeesException(e.code(), host + ": " + e.userMessage(), e);
    }

    private static InstallFolder folder(CommandLine line) {
        return line.option(DIR.name()).map(InstallFolder::parse).orElse(InstallFolder.USUAL);
    }

    private static String time(InstallReport report) {
        return report.changed() ? Amounts.time(Duration.ofMillis((long) (report.seconds() * 1000))) : "unchanged";
    }

    private static <T> Function<Outcome<T>, @Nullable Object> shown(Function<T, @Nullable Object> value) {
        return outcome -> outcome.report() == null ? null : value.apply(outcome.report());
    }
}

package dev.rbees.ctl.command;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ExitCode;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.UsageException;
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
import dev.rbees.shell.render.Listing;
import dev.rbees.shell.render.OutputFormat;

/** {@code pool install}, {@code pool upgrade} and {@code pool uninstall}. */
final class InstallCommands {

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
            Machines.and(NO_RUNTIME, JAVA_HOME, DIR, OutputFormat.OPTION),
            List.of("rbees pool install --host gpu-box", "rbees pool install --host gpu-box --no-runtime"));
    private static final CommandSpec UPGRADE = new CommandSpec("pool upgrade",
            "Bring this rbees to a machine that has another version of it", List.of(),
            Machines.and(NO_RUNTIME, JAVA_HOME, DIR, OutputFormat.OPTION),
            List.of("rbees pool upgrade --all"));
    private static final CommandSpec UNINSTALL = new CommandSpec("pool uninstall",
            "Remove the rbees that was installed on another machine; models and settings stay", List.of(),
            Machines.and(DIR, YES, OutputFormat.OPTION),
            List.of("rbees pool uninstall --host gpu-box"));

    private static final Listing<HostOutcome<InstallReport>> INSTALLED = new Listing<>(HostOutcome::host, List.of(
            Column.text("HOST", HostOutcome::host),
            Column.word("VERSION", shown(report -> report.version() + "-" + report.digest())),
            Column.word("RUNTIME", shown(InstallReport::runtime)),
            Column.word("TIME", outcome -> outcome.result() == null ? "failed" : time(outcome.result()))));

    private static final Listing<HostOutcome<UninstallReport>> REMOVED = new Listing<>(HostOutcome::host, List.of(
            Column.text("HOST", HostOutcome::host),
            Column.text("REMOVED",
                    outcome -> outcome.result() == null ? "failed" : String.join(", ", outcome.result().removed())),
            Column.number("STOPPED", shown(UninstallReport::stopped)),
            Column.text("KEPT", shown(UninstallReport::home))));

    private final Console console;
    private final RbeesHome home;

    InstallCommands(Console console, RbeesHome home) {
        this.console = console;
        this.home = home;
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
        InstallFolder folder = folder(line);
        Installer installer = new Installer(console, home.open(), new JavaChoice(bring, java), folder,
                InstantSource.system());
        int status = each(line, INSTALLED, (name, shell) -> installer.install(name, shell, onlyIfDifferent));
        if (status == ExitCode.OK.code() && !folder.equals(InstallFolder.USUAL)) {
            console.say("the remote commands find it there once the pool is registered with --path "
                    + (folder.path().startsWith("/") ? "" : "~/") + folder.path() + "/current/bin");
        }
        return status;
    }

    private int uninstall(CommandLine line) {
        boolean yes = line.flag(YES.name());
        List<String> names = Machines.named(line, home).stream().map(Machines.Machine::name).toList();
        if (!yes && console.canAsk() && !console.confirms("Remove rbees from " + String.join(", ", names) + "?")) {
            console.say("nothing was removed");
            return ExitCode.FAILED.code();
        }
        Uninstaller uninstaller = new Uninstaller(console, folder(line));
        return each(line, REMOVED, (name, shell) -> uninstaller.uninstall(name, shell, yes));
    }

    /** Does it on one machine after the other, and prints what came of it. */
    private <T> int each(CommandLine line, Listing<HostOutcome<T>> listing, BiFunction<String, RemoteShell, T> work) {
        OutputFormat format = OutputFormat.of(line);
        List<HostOutcome<T>> outcomes = new ArrayList<>();
        boolean several = Machines.several(line);
        int status = Machines.each(Machines.named(line, home), several, console, work, outcomes::add);
        if (several || format == OutputFormat.TABLE || format == OutputFormat.NAME) {
            listing.print(console.out(), format, outcomes);
        } else {
            new Listing<T>(_ -> "", List.of()).printOne(console.out(), format, outcomes.getFirst().result());
        }
        return status;
    }

    private static InstallFolder folder(CommandLine line) {
        return line.option(DIR.name()).map(InstallFolder::parse).orElse(InstallFolder.USUAL);
    }

    private static String time(InstallReport report) {
        return report.changed() ? Amounts.time(Duration.ofMillis((long) (report.seconds() * 1000))) : "unchanged";
    }

    private static <T> Function<HostOutcome<T>, @Nullable Object> shown(Function<T, @Nullable Object> value) {
        return outcome -> outcome.result() == null ? null : value.apply(outcome.result());
    }
}

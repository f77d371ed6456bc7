package dev.rbees.ctl.install;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.shell.Console;
import dev.rbees.shell.render.ProgressLine;

/** Installs this rbees on other machines, one after the other. */
public final class Installer {

    private final Console console;
    private final InstantSource clock;
    private final Distribution distribution;
    private final JavaRuntimes runtimes;
    private final Archives archives;
    private final boolean withRuntime;
    private final InstallFolder folder;

    /**
     * @param home where what is sent is kept
     * @param java the user's words about the Java that is brought
     * @param folder where it is installed
     * @throws RbeesException CONFLICT when this program does not run from an installation
     */
    public Installer(Console console, RbeesHome home, JavaChoice java, InstallFolder folder, InstantSource clock) {
        this.console = console;
        this.clock = clock;
        this.folder = folder;
        this.withRuntime = java.bring();
        this.distribution = Distribution.of(console.environment());
        this.runtimes = new JavaRuntimes(home, distribution.runtime(), java.home().map(JavaHome::named), console::say);
        this.archives = new Archives(home, distribution, console::say);
    }

    /**
     * Installs it on a machine.
     *
     * @param name of the machine, for people
     * @param onlyIfDifferent whether a machine that has this very version is left alone
     * @throws RbeesException CONFLICT when it cannot work there, or failed; what was there is still in use
     */
    public InstallReport install(String name, RemoteShell shell, boolean onlyIfDifferent) {
        Instant begin = clock.instant();
        Scripts scripts = new Scripts(shell);
        MachineFacts machine = look(scripts, folder);
        machine.checkTools();
        Release release = release(machine);
        Optional<InstalledVersion> before = machine.installed();
        if (onlyIfDifferent && before.filter(release::is).isPresent()) {
            console.say(name + ": has " + release.name() + " already");
            return InstallReport.unchanged(name, before.get(), elapsed(begin));
        }
        List<PackedFile> runtime = withRuntime ? runtimes.find(machine.platform()).files() : List.of();
        Archive archive = archives.of(release, runtime);
        machine.checkRoom(archive, distribution.trains());
        console.say(name + ": " + before.map(old -> old + " becomes ").orElse("installing ") + release.name()
                + (withRuntime ? " with Java " + release.runtime() : " without Java") + " in " + machine.root());
        if (!machine.running().isEmpty()) {
            console.say(name + ": what runs there goes on with the files of its own version until it is started again");
        }
        ScriptAnswer answer = send(name, scripts, release, archive);
        answer.one("untrained").ifPresent(why -> console.say("warning: " + name
                + ": no AOT caches could be made there, so programs start more slowly: " + why));
        InstalledVersion now = new InstalledVersion(release.version(), release.digest(), release.runtime(),
                answer.one("path", ""));
        return new InstallReport(name, now.version(), now.digest(), now.runtime(), now.path(),
                before.map(InstalledVersion::toString).orElse(null), true, answer.one("caches").isPresent(),
                archive.bytes(), elapsed(begin));
    }

    /** What there is on a machine; nothing is changed. */
    static MachineFacts look(Scripts scripts, InstallFolder folder) {
        return MachineFacts.of(scripts.run("look", Map.of("dir", folder.path()), InputStream.nullInputStream(), _ -> {
        }));
    }

    private Release release(MachineFacts machine) {
        String runtime = withRuntime ? runtimes.name(machine.platform()) : Release.NO_RUNTIME;
        return new Release(distribution.version(), distribution.digest(runtime), runtime);
    }

    private ScriptAnswer send(String name, Scripts scripts, Release release, Archive archive) {
        ProgressLine progress = new ProgressLine(console.err(), console.canRewriteErr(), clock);
        Map<String, String> values = Map.of("dir", folder.path(), "sha256", archive.sha256(), "version", release.version(),
                "digest", release.digest(), "runtime", release.runtime());
        progress.begin(name + ": sending", 0, archive.bytes());
        try (InputStream data = new CountedInput(Files.newInputStream(archive.file()), progress)) {
            return scripts.run("install", values, data, stage -> tell(name, stage));
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read " + archive.file(), e);
        }
    }

    private void tell(String name, String stage) {
        switch (stage) {
            case "checking" -> console.say(name + ": checking and unpacking");
            case "starting" -> console.say(name + ": trying the programs there");
            case "training" -> console.say(name + ": making the AOT caches there; this takes a minute or two");
            default -> {
                // the rest is done in no time
            }
        }
    }

    private double elapsed(Instant begin) {
        return Duration.between(begin, clock.instant()).toMillis() / 1000.0;
    }
}

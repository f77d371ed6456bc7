package dev.rbees.ctl.install;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.shell.Console;

/** Removes what {@link Installer} has brought. */
public final class Uninstaller {

    private final Console console;
    private final InstallFolder folder;

    public Uninstaller(Console console, InstallFolder folder) {
        this.console = console;
        this.folder = folder;
    }

    /**
     * Removes every version of rbees from a machine; its models and settings stay.
     *
     * @param name of the machine, for people
     * @param stop whether programs that run from there are ended first
     * @throws RbeesException CONFLICT when programs run there and are not to be ended, or it failed; NOT_FOUND when nothing
     *     is installed
     */
    public UninstallReport uninstall(String name, RemoteShell shell, boolean stop) {
        Scripts scripts = new Scripts(shell);
        List<String> running = Installer.look(scripts, folder).running();
        if (!running.isEmpty() && !stop) {
            throw new RbeesException(ErrorCode.CONFLICT, "rbees runs there (process " + String.join(", ", running)
                    + "); stop it with 'rbees pool worker stop-all --host " + name + "', or say --yes to have it ended");
        }
        ScriptAnswer answer = scripts.run("uninstall", Map.of("dir", folder.path(), "stop", stop ? "yes" : "no"),
                InputStream.nullInputStream(), stage -> console.say(name + ": " + stage));
        List<String> removed = answer.all("removed");
        if (removed.isEmpty()) {
            throw new RbeesException(ErrorCode.NOT_FOUND, "rbees is not installed there in " + folder.path());
        }
        Optional<String> home = answer.one("home");
        home.ifPresent(kept -> console.say(name + ": models and settings stay in " + kept
                + "; if nobody needs them any more, remove that folder there"));
        return new UninstallReport(name, removed, answer.all("stopped").size(), home.orElse(null));
    }
}

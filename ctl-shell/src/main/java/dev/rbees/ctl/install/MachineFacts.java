package dev.rbees.ctl.install;

import java.util.List;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.shell.render.Amounts;

/**
 * What there is on a machine before anything is done to it.
 *
 * @param root absolute path of the folder that rbees is installed in, or would be
 * @param platform what runtime starts there
 * @param freeBytes of the disk with that folder
 * @param missing tools that an installation needs
 * @param readonly the folder that cannot be written to, empty when all can
 * @param installed the version in use, empty for none
 * @param running ids of the processes that run from there
 */
record MachineFacts(String root, Platform platform, long freeBytes, List<String> missing, Optional<String> readonly,
        Optional<InstalledVersion> installed, List<String> running) {

    /** The AOT caches, and what Java needs beside them while it makes them. */
    private static final long CACHES = 400_000_000;

    MachineFacts {
        missing = List.copyOf(missing);
        running = List.copyOf(running);
    }

    static MachineFacts of(ScriptAnswer answer) {
        Platform platform = Platform.of(answer.one("system", "unknown"), answer.one("processor", "unknown"),
                answer.one("libc", "").equals("musl"));
        Optional<InstalledVersion> installed = answer.one("installed-version")
                .map(version -> new InstalledVersion(version, answer.one("installed-digest", "unknown"),
                        answer.one("installed-runtime", Release.NO_RUNTIME), answer.one("path", "")));
        return new MachineFacts(answer.one("root", ""), platform, kilobytes(answer.one("free", "0")), answer.all("missing"),
                answer.one("readonly"), installed, answer.all("running"));
    }

    private static long kilobytes(String number) {
        return number.matches("[0-9]{1,15}") ? Long.parseLong(number) * 1024 : 0;
    }

    /**
     * Refuses what cannot work there.
     *
     * @throws RbeesException CONFLICT when tools are missing or the folder cannot be written to
     */
    void checkTools() {
        if (!missing.isEmpty()) {
            throw new RbeesException(ErrorCode.CONFLICT, "it lacks " + String.join(", ", missing)
                    + ", without which nothing can be installed");
        }
        if (readonly.isPresent()) {
            throw new RbeesException(ErrorCode.CONFLICT, readonly.get()
                    + " cannot be written to; name another folder with --dir");
        }
    }

    /** @throws RbeesException CONFLICT when the disk has too little room */
    void checkRoom(Archive archive, boolean trains) {
        long needed = archive.unpacked() + Math.max(archive.bytes(), trains ? CACHES : 0);
        if (freeBytes < needed) {
            throw new RbeesException(ErrorCode.CONFLICT, "the disk with " + root + " has " + Amounts.bytes(freeBytes)
                    + " free, and this needs " + Amounts.bytes(needed) + "; make room, or name another folder with --dir");
        }
    }
}

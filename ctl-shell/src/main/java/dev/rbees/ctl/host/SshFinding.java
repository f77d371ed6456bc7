package dev.rbees.ctl.host;

import org.jspecify.annotations.Nullable;

/**
 * What a check has found, as {@code doctor} prints it.
 *
 * @param name of the check
 * @param status {@code ok}, {@code warn}, {@code fail} or {@code skip}
 * @param detail what was found
 * @param fix what to do; null when there is nothing to do
 */
public record SshFinding(String name, String status, String detail, @Nullable String fix) {

    static SshFinding ok(String name, String detail) {
        return new SshFinding(name, "ok", detail, null);
    }

    static SshFinding warn(String name, String detail, String fix) {
        return new SshFinding(name, "warn", detail, fix);
    }

    static SshFinding fail(String name, String detail) {
        return new SshFinding(name, "fail", detail, null);
    }
}

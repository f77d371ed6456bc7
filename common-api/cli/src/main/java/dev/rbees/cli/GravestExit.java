package dev.rbees.cli;

import java.util.List;

import dev.rbees.api.error.ExitCode;

/** The one exit code of a command that did several things. */
public final class GravestExit {

    private static final List<Integer> GRAVEST_FIRST = List.of(ExitCode.INTERRUPTED.code(), ExitCode.USAGE.code(),
            ExitCode.FAILED.code(), ExitCode.NOT_ALLOWED.code(), ExitCode.UNAVAILABLE.code(), ExitCode.NOT_FOUND.code(),
            ExitCode.FINDINGS.code(), ExitCode.OK.code());

    private GravestExit() {}

    /** The graver of two; a code that rbees does not give is as grave as a failure. */
    public static int of(int one, int other) {
        return rank(one) <= rank(other) ? one : other;
    }

    private static int rank(int code) {
        int rank = GRAVEST_FIRST.indexOf(code);
        return rank < 0 ? GRAVEST_FIRST.indexOf(ExitCode.FAILED.code()) : rank;
    }
}

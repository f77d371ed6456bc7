package dev.rbees.pool.doctor;

import org.jspecify.annotations.Nullable;

import dev.rbees.pool.doctor.Finding.Status;

/** A finding before it has its check's name. */
record Verdict(Status status, String detail, @Nullable String fix) {

    static Verdict ok(String detail) {
        return new Verdict(Status.OK, detail, null);
    }

    static Verdict skip(String detail) {
        return new Verdict(Status.SKIP, detail, null);
    }

    static Verdict warn(String detail, String fix) {
        return new Verdict(Status.WARN, detail, fix);
    }

    static Verdict fail(String detail, String fix) {
        return new Verdict(Status.FAIL, detail, fix);
    }

    Finding of(String name) {
        return new Finding(name, status, detail, fix);
    }
}

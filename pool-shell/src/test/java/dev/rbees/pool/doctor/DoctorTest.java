package dev.rbees.pool.doctor;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.pool.doctor.Finding.Status;

import static org.assertj.core.api.Assertions.assertThat;

class DoctorTest {

    @Test
    void asksEveryQuestionAtTheSameTime() {
        CountDownLatch both = new CountDownLatch(2);
        Check check = Check.local("waits", () -> {
            both.countDown();
            both.await();
            return Verdict.ok("met");
        });

        assertThat(new Doctor(List.of(check, check)).examine())
                .containsOnly(new Finding("waits", Status.OK, "met", null));
    }

    @Test
    void waitsNoLongerThanACheckMayTake() {
        CountDownLatch never = new CountDownLatch(1);
        Check hangs = new Check("hangs", Duration.ofMillis(100), Verdict.warn("late", "wait"), () -> {
            never.await();
            return Verdict.ok("");
        });
        Check quick = Check.local("quick", () -> Verdict.ok("done"));

        assertThat(new Doctor(List.of(hangs, quick)).examine()).containsExactly(
                new Finding("hangs", Status.WARN, "late", "wait"), new Finding("quick", Status.OK, "done", null));
    }

    @Test
    void whatIsThrownIsAFailureWithItsAdvice() {
        Check known = Check.local("known", () -> {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "x is broken; delete it");
        });
        Check unknown = Check.local("unknown", () -> {
            throw new IllegalStateException("what?");
        });

        assertThat(new Doctor(List.of(known, unknown)).examine()).containsExactly(
                new Finding("known", Status.FAIL, "x is broken", "delete it"),
                new Finding("unknown", Status.FAIL, "this check failed: java.lang.IllegalStateException: what?",
                        "mend what the detail says and run: rbees-pool doctor"));
    }
}

package dev.rbees.pool.doctor;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.rbees.api.pool.PoolInfo.Cpu;
import dev.rbees.api.pool.PoolStatus.Disk;
import dev.rbees.api.pool.PoolStatus.Memory;
import dev.rbees.pool.doctor.Finding.Status;

import static org.assertj.core.api.Assertions.assertThat;

class MachineChecksTest {

    private static final long GB = 1_000_000_000L;

    private static void is(Status status, Verdict verdict) {
        assertThat(verdict.status()).as(verdict.detail()).isEqualTo(status);
        assertThat(verdict.fix() != null).isEqualTo(status == Status.WARN || status == Status.FAIL);
    }

    @Test
    void java() {
        is(Status.OK, MachineChecks.java(25, "a JVM"));
        is(Status.FAIL, MachineChecks.java(21, "a JVM"));
    }

    @Test
    void cpu() {
        is(Status.OK, MachineChecks.cpu("amd64", new Cpu("x", 1, List.of("avx2"))));
        is(Status.WARN, MachineChecks.cpu("amd64", new Cpu("x", 1, List.of("avx"))));
        is(Status.OK, MachineChecks.cpu("aarch64", new Cpu("x", 1, List.of("asimddp"))));
        is(Status.WARN, MachineChecks.cpu("aarch64", new Cpu("x", 1, List.of("asimd"))));
        is(Status.FAIL, MachineChecks.cpu("riscv64", new Cpu("x", 1, List.of())));
    }

    @Test
    void memory() {
        is(Status.OK, MachineChecks.memory(new Memory(16 * GB, 8 * GB)));
        is(Status.WARN, MachineChecks.memory(new Memory(16 * GB, GB)));
        is(Status.FAIL, MachineChecks.memory(new Memory(16 * GB, GB / 4)));
    }

    @Test
    void disk() {
        is(Status.OK, MachineChecks.disk(new Disk("/", 100 * GB, 50 * GB)));
        is(Status.WARN, MachineChecks.disk(new Disk("/", 100 * GB, GB)));
        is(Status.FAIL, MachineChecks.disk(new Disk("/", 100 * GB, 1)));
    }

    @Test
    void ports() {
        is(Status.OK, MachineChecks.ports(port -> port > 8003));
        is(Status.WARN, MachineChecks.ports(port -> port > 8990));
        is(Status.FAIL, MachineChecks.ports(_ -> false));
        assertThat(MachineChecks.ports(port -> port > 8003).detail()).endsWith("8004");
    }
}

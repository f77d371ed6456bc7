package dev.rbees.pool.doctor;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

import dev.rbees.api.pool.PoolInfo.Cpu;
import dev.rbees.api.pool.PoolStatus.Disk;
import dev.rbees.api.pool.PoolStatus.Memory;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.inventory.Machine;
import dev.rbees.pool.process.Ports;
import dev.rbees.shell.render.Amounts;

/** Whether the machine itself is good enough. */
final class MachineChecks {

    private static final int JAVA = 25;
    private static final long LITTLE_MEMORY = 512L << 20;
    private static final long ENOUGH_MEMORY = 2L << 30;
    private static final long LITTLE_DISK = 256_000_000L;
    private static final long ENOUGH_DISK = 5_000_000_000L;
    private static final int FEW_PORTS = 20;

    private MachineChecks() {}

    static List<Check> of(Machine machine, RbeesHome home) {
        return List.of(
                Check.local("java", () -> java(Runtime.version().feature(), System.getProperty("java.vm.name", "Java"))),
                Check.local("cpu", () -> cpu(System.getProperty("os.arch", ""), machine.cpu())),
                Check.local("memory", () -> memory(machine.memory())),
                Check.local("disk", () -> disk(machine.disk(home.root()))),
                Check.local("ports", () -> ports(Ports::isFree)));
    }

    static Verdict java(int version, String name) {
        return version >= JAVA
                ? Verdict.ok(name + " " + version)
                : Verdict.fail("Java " + version + " is too old", "install Java " + JAVA
                        + " or newer, for example Temurin, and set JAVA_HOME to it");
    }

    static Verdict cpu(String kind, Cpu cpu) {
        boolean intel = kind.equals("amd64") || kind.equals("x86_64");
        if (!intel && !kind.equals("aarch64") && !kind.equals("arm64")) {
            return Verdict.fail("ONNX Runtime is not made for " + kind, "use a machine with x86-64 or 64-bit ARM");
        }
        boolean fast = intel
                ? cpu.features().contains("avx2")
                : cpu.features().stream().anyMatch(feature -> feature.equals("asimddp") || feature.equals("FEAT_DotProd"));
        String what = cpu.model() + ", " + cpu.cores() + (cpu.cores() == 1 ? " core" : " cores");
        return fast
                ? Verdict.ok(what)
                : Verdict.warn(what + ", without " + (intel ? "AVX2" : "dot products") + ", so models run slowly",
                        "in a virtual machine, let it see the host's processor (cpu type host); else take a newer one");
    }

    static Verdict memory(Memory memory) {
        String what = Amounts.bytes(memory.availableBytes()) + " of " + Amounts.bytes(memory.totalBytes()) + " available";
        String fix = "end other programs ('rbees-pool worker list' shows workers), or add memory";
        return memory.availableBytes() < LITTLE_MEMORY
                ? Verdict.fail(what + ", too little for any model", fix)
                : memory.availableBytes() < ENOUGH_MEMORY
                        ? Verdict.warn(what + ", enough for very small models only", fix)
                        : Verdict.ok(what);
    }

    static Verdict disk(Disk disk) {
        String what = Amounts.bytes(disk.freeBytes()) + " of " + Amounts.bytes(disk.totalBytes()) + " free";
        String fix = "make room ('rbees-pool models disk-usage' shows what models take), or set RBEES_HOME to another disk";
        return disk.freeBytes() < LITTLE_DISK
                ? Verdict.fail(what + ", too little to download anything", fix)
                : disk.freeBytes() < ENOUGH_DISK
                        ? Verdict.warn(what + ", enough for small models only", fix)
                        : Verdict.ok(what);
    }

    static Verdict ports(IntPredicate free) {
        int[] found = IntStream.rangeClosed(Ports.FIRST, Ports.LAST).filter(free).limit(FEW_PORTS).toArray();
        String range = Ports.FIRST + " to " + Ports.LAST;
        String fix = "stop workers that are not needed, or see who has the ports: ss -ltnp";
        return found.length == 0
                ? Verdict.fail("no port from " + range + " is free for a worker", fix)
                : found.length < FEW_PORTS
                        ? Verdict.warn("only " + found.length + " ports from " + range + " are free for workers", fix)
                        : Verdict.ok("the next worker can listen on " + found[0]);
    }
}

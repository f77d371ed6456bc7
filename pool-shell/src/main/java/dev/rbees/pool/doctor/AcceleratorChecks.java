package dev.rbees.pool.doctor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.rbees.api.pool.PoolStatus.Gpu;
import dev.rbees.pool.backend.Backends;
import dev.rbees.pool.backend.CudaFolder;
import dev.rbees.pool.inventory.Machine;

/** Whether workers find what they compute with: ONNX Runtime, and NVIDIA's driver and libraries where there is a card. */
record AcceleratorChecks(Machine machine, CudaFolder cuda, Optional<Path> installation, Path pci) {

    private static final String NVIDIA = "0x10de";
    private static final String DISPLAY = "0x03";

    AcceleratorChecks(Machine machine, CudaFolder cuda, Optional<Path> installation) {
        this(machine, cuda, installation, Path.of("/sys/bus/pci/devices"));
    }

    List<Check> all() {
        return List.of(
                Check.local("native-runtime", this::nativeRuntime),
                Check.local("gpu-driver", this::driver),
                Check.local("cuda-libraries", this::libraries));
    }

    Verdict nativeRuntime() {
        if (installation.isEmpty()) {
            return Verdict.fail("the programs of rbees are not beside this one",
                    "install rbees as a whole, or set RBEES_INSTALL to the folder that holds bin/rbees-workerd");
        }
        try {
            return Verdict.ok("ONNX Runtime " + NativeRuntime.version(installation.get()) + " loads");
        } catch (IOException e) {
            return Verdict.fail(String.valueOf(e.getMessage()), "install rbees anew on Linux with glibc 2.28 or newer, or on"
                    + " macOS; where /tmp forbids programs, set RBEES_JAVA_OPTS=-Djava.io.tmpdir=FOLDER");
        }
    }

    Verdict driver() {
        Optional<String> driver = machine.nvidiaDriver();
        if (driver.isEmpty()) {
            return hasCard()
                    ? Verdict.warn("there is an NVIDIA card, and no driver that works",
                            "install NVIDIA's driver " + Backends.oldestDriver() + " or newer; see what nvidia-smi says")
                    : Verdict.skip("no NVIDIA card");
        }
        List<Gpu> cards = machine.gpus();
        if (cards.isEmpty()) {
            return Verdict.warn("driver " + driver.get() + " finds no card",
                    "see what nvidia-smi says: sudo dmesg | grep -i nvrm");
        }
        String what = "driver " + driver.get() + ", " + cards.size() + (cards.size() == 1 ? " card" : " cards");
        return Backends.isOlder(driver.get(), Backends.oldestDriver())
                ? Verdict.warn(what + ", too old for the CUDA libraries of rbees",
                        "install NVIDIA's driver " + Backends.oldestDriver() + " or newer")
                : Verdict.ok(what);
    }

    Verdict libraries() {
        Optional<String> damage = cuda.damage();
        if (damage.isPresent()) {
            return Verdict.fail("the CUDA libraries are damaged: " + damage.get(),
                    "run: rbees-pool backend install cuda");
        }
        if (cuda.exists()) {
            return Verdict.ok("the CUDA libraries are here");
        }
        return machine.nvidiaDriver().isPresent()
                ? Verdict.warn("the CUDA libraries are not here, so cards are not used",
                        "run: rbees-pool backend install cuda")
                : Verdict.skip("no NVIDIA driver that could use them");
    }

    /** Whether a card is on the bus, also when nothing drives it. */
    private boolean hasCard() {
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(pci)) {
            for (Path device : devices) {
                if (text(device.resolve("vendor")).equals(NVIDIA) && text(device.resolve("class")).startsWith(DISPLAY)) {
                    return true;
                }
            }
            return false;
        } catch (IOException _) {
            return false; // another system
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException _) {
            return "";
        }
    }
}

package dev.rbees.pool.backend;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.rbees.api.pool.PoolStatus.Gpu;
import dev.rbees.api.worker.Backend;
import dev.rbees.pool.backend.BackendView.Status;
import dev.rbees.pool.backend.CudaFolder.Installed;
import dev.rbees.pool.inventory.Machine;
import dev.rbees.shell.process.Installation;
import dev.rbees.shell.render.Amounts;

/** Which backends workers of this machine can use, and what the others lack. */
public final class Backends {

    private static final String BUILT_IN = "onnxruntime_gpu-";

    private final CudaFolder folder;
    private final Machine machine;
    private final Optional<Path> installation;
    private final boolean mac;

    public Backends(CudaFolder folder, Machine machine, Optional<Path> installation) {
        this(folder, machine, installation, System.getProperty("os.name", "").startsWith("Mac"));
    }

    Backends(CudaFolder folder, Machine machine, Optional<Path> installation, boolean mac) {
        this.folder = folder;
        this.machine = machine;
        this.installation = installation;
        this.mac = mac;
    }

    /** Every backend, in the order of their names for people: the processor first. */
    public List<BackendView> list() {
        return List.of(new BackendView(Backend.CPU, Status.AVAILABLE, "part of rbees"), cuda(),
                apple(Backend.COREML), apple(Backend.WEBGPU));
    }

    private BackendView apple(Backend backend) {
        return mac
                ? new BackendView(backend, Status.AVAILABLE, "part of rbees")
                : new BackendView(backend, Status.MISSING, "exists on macOS only");
    }

    private BackendView cuda() {
        if (mac) {
            return view(Status.MISSING, "exists on Linux only");
        }
        Optional<String> libraries = libraries();
        Optional<String> missing = missingOfMachine(libraries.isPresent() && folder.exists() ? CudaPackage.DRIVER : 1);
        if (libraries.isEmpty()) {
            return view(Status.MISSING, folder.damage().map(damage -> "damaged: " + damage)
                    .orElseGet(() -> missing.map(what -> what + ", and the libraries").orElse("missing: the libraries"))
                    + " (backend install cuda)");
        }
        return missing.map(what -> view(Status.INSTALLED, libraries.get() + "; " + what))
                .orElseGet(() -> view(Status.AVAILABLE, libraries.get() + "; driver "
                        + machine.nvidiaDriver().orElse("unknown") + "; " + cards(machine.gpus())));
    }

    /** What is here; empty when nothing whole is. */
    private Optional<String> libraries() {
        if (folder.exists() && folder.damage().isEmpty()) {
            Installed here = folder.read().orElseThrow();
            return Optional.of("CUDA %d, %s".formatted(here.cuda(), Amounts.bytes(here.bytes())));
        }
        boolean builtIn = installation.flatMap(folder -> Installation.library(folder, BUILT_IN)).isPresent();
        return builtIn && !folder.exists() ? Optional.of("part of this build, for CUDA 12") : Optional.empty();
    }

    /** @param oldest first number of the driver that is new enough */
    private Optional<String> missingOfMachine(int oldest) {
        Optional<String> driver = machine.nvidiaDriver();
        if (driver.isEmpty()) {
            return Optional.of("missing: NVIDIA's driver" + (oldest > 1 ? " " + oldest + " or newer" : ""));
        }
        return isOlder(driver.get(), oldest)
                ? Optional.of("missing: a driver of version " + oldest + " or newer, it is " + driver.get())
                : machine.gpus().isEmpty() ? Optional.of("missing: a card that works") : Optional.empty();
    }

    /** Whether a driver's version begins with a smaller number. */
    public static boolean isOlder(String driver, int oldest) {
        String major = driver.replaceFirst("\\D.*", "");
        return major.matches("\\d{1,6}") && Integer.parseInt(major) < oldest;
    }

    /** First number of the oldest driver that the installed libraries go with. */
    public static int oldestDriver() {
        return CudaPackage.DRIVER;
    }

    private static String cards(List<Gpu> gpus) {
        return gpus.size() == 1 ? gpus.getFirst().name() : gpus.size() + " cards";
    }

    private static BackendView view(Status status, String detail) {
        return new BackendView(Backend.CUDA, status, detail);
    }
}

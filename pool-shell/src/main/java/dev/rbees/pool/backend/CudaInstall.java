package dev.rbees.pool.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.LockFile;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.model.Folders;
import dev.rbees.pool.model.WheelDownloads;
import dev.rbees.pool.model.WheelDownloads.Wheel;
import dev.rbees.shell.render.Amounts;
import dev.rbees.shell.render.ProgressLine;

/**
 * Brings the libraries of CUDA to this machine, complete or not at all. What an interrupted run has brought is used by the
 * next one.
 */
public final class CudaInstall {

    private static final String STAGING = "backend-cuda";
    private static final long LARGEST = 8L << 30;
    /** Libraries and the largest wheel, as a multiple of all wheels: measured 2.1 for the versions of today. */
    private static final double ROOM = 2.5;

    private final RbeesHome home;
    private final CudaFolder folder;
    private final List<CudaPackage> packages;
    private final Map<String, String> environment;
    private final Consumer<String> say;
    private final ProgressLine progress;

    /** What was taken out of a wheel. */
    private record Unpacked(List<LibraryFile> files) {}

    /** @param say takes lines for people */
    public CudaInstall(RbeesHome home, Map<String, String> environment, Consumer<String> say, ProgressLine progress) {
        this(home, CudaPackage.ALL, environment, say, progress);
    }

    CudaInstall(RbeesHome home, List<CudaPackage> packages, Map<String, String> environment, Consumer<String> say,
            ProgressLine progress) {
        this.home = home;
        this.folder = new CudaFolder(home);
        this.packages = packages;
        this.environment = environment;
        this.say = say;
        this.progress = progress;
    }

    /**
     * Installs, unless it is here and whole.
     *
     * @throws RbeesException CONFLICT on a system that has no such libraries, TIMEOUT when the index does not give them,
     *     STORAGE_UNAVAILABLE when the disk is full or not writable
     */
    public void install() {
        requireSystem(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
        Path staging = home.open().staging().resolve(STAGING);
        Runnable waiting = () -> say.accept("another installation is running; waiting for it");
        try (LockFile _ = LockFile.acquire(home.staging().resolve(STAGING + ".lock"), waiting)) {
            if (folder.exists() && folder.damage().isEmpty()) {
                say.accept("the CUDA libraries are already here");
                return;
            }
            bring(RbeesHome.directory(staging));
        } catch (IOException e) {
            throw AtomicFile.unwritable(staging, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RbeesException(ErrorCode.CANCELLED, "the installation was interrupted", e);
        }
    }

    private void bring(Path staging) throws IOException, InterruptedException {
        try (WheelDownloads downloads = new WheelDownloads(environment, say, progress)) {
            List<CudaPackage> left = new ArrayList<>();
            List<Wheel> wheels = new ArrayList<>();
            for (CudaPackage wanted : packages) {
                if (unpacked(staging, wanted).isEmpty()) {
                    left.add(wanted);
                    wheels.add(downloads.find(wanted.project(), wanted.version(), CudaInstall::isForThisMachine));
                }
            }
            downloads.requireRoom(staging, wheels, ROOM);
            long bytes = wheels.stream().mapToLong(Wheel::size).sum();
            say.accept("fetching %d packages, %s, from the Python package index".formatted(wheels.size(),
                    Amounts.bytes(bytes)));
            for (int i = 0; i < wheels.size(); i++) {
                bring(downloads, left.get(i), wheels.get(i), staging);
            }
        }
        List<LibraryFile> files = packages.stream().flatMap(wanted -> unpacked(staging, wanted).stream()).toList();
        Folders.delete(folder.path());
        folder.take(libraries(staging), new CudaFolder.Installed(CudaPackage.RUNTIME, CudaPackage.CUDA, files));
        folder.deleteOthers();
        Folders.delete(staging);
        say.accept("the CUDA libraries are complete, each package with the SHA-256 of the index");
    }

    private static void bring(WheelDownloads downloads, CudaPackage wanted, Wheel wheel, Path staging)
            throws IOException, InterruptedException {
        Path archive = staging.resolve(wanted.project() + ".whl.part");
        downloads.fetch(wheel, archive, wheel.size());
        List<LibraryFile> files = new LibraryArchive(archive, LARGEST).unpack(wanted.libraries(), wanted.needed(),
                RbeesHome.directory(libraries(staging)));
        AtomicFile.write(note(staging, wanted), Json.write(new Unpacked(files)));
        Files.delete(archive);
    }

    /** What an earlier run has taken out of a package; empty when it has not, or it is not there any more. */
    private static List<LibraryFile> unpacked(Path staging, CudaPackage wanted) {
        try {
            List<LibraryFile> files = Json.read(Files.readString(note(staging, wanted)), Unpacked.class).files();
            for (LibraryFile file : files) {
                if (Files.size(libraries(staging).resolve(file.name())) != file.sizeBytes()) {
                    return List.of();
                }
            }
            return files;
        } catch (IOException | RbeesException _) {
            return List.of();
        }
    }

    private static Path libraries(Path staging) {
        return staging.resolve("libraries");
    }

    private static Path note(Path staging, CudaPackage wanted) {
        return staging.resolve(wanted.project() + "-" + wanted.version() + ".json");
    }

    private static boolean isForThisMachine(String wheel) {
        return wheel.contains("manylinux") && wheel.endsWith("x86_64.whl");
    }

    static void requireSystem(String system, String kind) {
        if (!system.startsWith("Linux") || !(kind.equals("amd64") || kind.equals("x86_64"))) {
            throw new RbeesException(ErrorCode.CONFLICT, "the CUDA libraries are made for Linux on x86-64 only, and this is "
                    + system + " on " + kind + "; take the backend " + (system.startsWith("Mac") ? "coreml" : "cpu"));
        }
    }

    /**
     * Deletes the libraries, those of earlier versions too, and what an interrupted installation has left.
     *
     * @return whether there was something
     */
    public boolean remove() {
        Path staging = home.staging().resolve(STAGING);
        try (LockFile _ = LockFile.acquire(home.open().staging().resolve(STAGING + ".lock"),
                () -> say.accept("an installation is running; waiting for it"))) {
            boolean any = folder.any() || Files.exists(staging);
            folder.delete();
            Folders.delete(staging);
            return any;
        }
    }
}

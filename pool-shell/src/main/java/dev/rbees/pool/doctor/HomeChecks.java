package dev.rbees.pool.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.cli.UsageException;
import dev.rbees.home.ApiToken;
import dev.rbees.home.CaFile;
import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.model.Folders;
import dev.rbees.pool.model.LocalCatalog;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.shell.render.Amounts;

/** Whether what lies under {@code RBEES_HOME} is in order. */
record HomeChecks(RbeesHome home, Map<String, String> environment, LocalCatalog catalog, ModelStore models,
        WorkerFleet fleet) {

    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---r-xr-x");

    List<Check> all() {
        return List.of(
                Check.local("home", this::homeFolder),
                Check.local("token-file", this::tokenFile),
                Check.local("ca-file", this::caFile),
                Check.local("catalog", this::catalogFile),
                Check.local("models-lock", this::modelsLock),
                Check.local("downloads", this::downloads),
                Check.local("workers", this::workers));
    }

    Verdict homeFolder() throws IOException {
        Path root = home.root();
        if (!Files.exists(root)) {
            Path above = root;
            while (above != null && !Files.exists(above)) {
                above = above.getParent();
            }
            return above != null && Files.isWritable(above)
                    ? Verdict.ok(root + " is made when it is needed")
                    : Verdict.fail(root + " cannot be made", "set RBEES_HOME to a folder that you can write");
        }
        if (!Files.isDirectory(root) || !Files.isWritable(root)) {
            return Verdict.fail(root + " cannot be written", "run: sudo chown -R \"$USER\" '" + root
                    + "', or set RBEES_HOME to a folder that you can write");
        }
        home.check();
        if (!Files.getFileStore(root).supportsFileAttributeView("posix")) {
            return Verdict.ok(root.toString());
        }
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(root);
        return mode.stream().anyMatch(OTHERS::contains)
                ? Verdict.warn(root + " can be read by other users (" + PosixFilePermissions.toString(mode) + ")",
                        "run: chmod 0700 '" + root + "'")
                : Verdict.ok(root + " is its owner's alone");
    }

    Verdict tokenFile() {
        try {
            Optional<ApiToken> token = ApiToken.of(environment);
            return token.map(secret -> Verdict.ok("fingerprint " + secret.fingerprint()))
                    .orElseGet(() -> Verdict.skip(Environment.API_TOKEN_FILE + " is not set"));
        } catch (RbeesException e) {
            return Doctor.advised(e.userMessage(), "make it: (umask 077; openssl rand -hex 32 > '"
                    + environment.get(Environment.API_TOKEN_FILE) + "')");
        }
    }

    Verdict caFile() {
        Optional<String> path = Environment.caFile(environment);
        if (path.isEmpty()) {
            return Verdict.skip(Environment.CA_FILE + " is not set");
        }
        try {
            new CaFile(path.get()).context();
            return Verdict.ok("the certificates in " + path.get() + " are trusted");
        } catch (UsageException e) {
            return Verdict.fail(e.userMessage(), "name a file with certificates in PEM in " + Environment.CA_FILE
                    + ", or unset it");
        }
    }

    Verdict catalogFile() {
        return Verdict.ok(catalog.all().models().size() + " models known");
    }

    Verdict modelsLock() {
        List<ModelEntry> downloaded = models.downloaded();
        List<String> ids = downloaded.stream().map(ModelEntry::id).toList();
        List<String> doubtful = models.present().stream().map(ModelEntry::id).filter(id -> !ids.contains(id)).toList();
        return doubtful.isEmpty()
                ? Verdict.ok(downloaded.size() + (downloaded.size() == 1 ? " model" : " models") + " on this machine")
                : Verdict.warn("not as they must be: " + String.join(", ", doubtful),
                        "run: rbees-pool models verify " + doubtful.getFirst());
    }

    Verdict downloads() {
        List<Path> unfinished = Folders.children(home.staging()).stream().filter(Files::isDirectory).toList();
        if (unfinished.isEmpty()) {
            return Verdict.ok("nothing is unfinished");
        }
        long bytes = unfinished.stream().mapToLong(Folders::size).sum();
        List<String> names = unfinished.stream().map(path -> path.getFileName().toString()).toList();
        return Verdict.warn("unfinished: %s (%s)".formatted(String.join(", ", names), Amounts.bytes(bytes)),
                "run the same command again to go on, or delete " + unfinished.getFirst());
    }

    Verdict workers() {
        List<WorkerProcess> workers = fleet.list();
        Optional<WorkerProcess> broken = workers.stream()
                .filter(worker -> worker.status() == WorkerStatus.EXITED || worker.status() == WorkerStatus.FAILED)
                .findFirst();
        return broken.map(worker -> Verdict.warn(worker.workerId() + (worker.status() == WorkerStatus.EXITED
                ? " is written down, and its process is gone"
                : " does not work"),
                "its log is " + home.workers().resolve(worker.workerId() + ".log") + "; run: rbees-pool worker stop "
                        + worker.workerId()))
                .orElseGet(() -> Verdict.ok(workers.size() + (workers.size() == 1 ? " worker" : " workers")));
    }
}

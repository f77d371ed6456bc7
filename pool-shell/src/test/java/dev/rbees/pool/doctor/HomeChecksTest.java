package dev.rbees.pool.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.model.Catalog;
import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.doctor.Finding.Status;
import dev.rbees.pool.model.LocalCatalog;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.pool.process.FakeInstallation;
import dev.rbees.pool.process.WorkerFleet;

import static org.assertj.core.api.Assertions.assertThat;

class HomeChecksTest {

    @TempDir
    Path folder;

    private RbeesHome home;

    @BeforeEach
    void makeHome() {
        home = new RbeesHome(folder.resolve("home")).open();
    }

    private HomeChecks checks(Map<String, String> environment) {
        LocalCatalog catalog = new LocalCatalog(home, Catalog.builtIn());
        return new HomeChecks(home, environment, catalog, new ModelStore(home, catalog),
                new WorkerFleet(home, Map.of(), Clock.systemUTC()));
    }

    /** The finding of one check, through the doctor, who turns what is thrown into a failure. */
    private Finding finding(String name, Map<String, String> environment) {
        return new Doctor(checks(environment).all().stream().filter(check -> check.name().equals(name)).toList()).examine()
                .getFirst();
    }

    private Finding finding(String name) {
        return finding(name, Map.of());
    }

    private static void mode(Path file, String mode) throws Exception {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @Test
    void home() throws Exception {
        assertThat(finding("home").status()).isEqualTo(Status.OK);
        mode(home.root(), "rwxr-xr-x");
        assertThat(finding("home")).isEqualTo(new Finding("home", Status.WARN,
                home.root() + " can be read by other users (rwxr-xr-x)", "run: chmod 0700 '" + home.root() + "'"));
        mode(home.root(), "rwxrwxrwx");
        assertThat(finding("home")).isEqualTo(new Finding("home", Status.FAIL,
                home.root() + " can be written by other users (rwxrwxrwx)", "run: chmod 0700 '" + home.root() + "'"));
    }

    @Test
    void aHomeThatIsNotThereYetCanBeMade() throws Exception {
        home = new RbeesHome(folder.resolve("later/home"));
        assertThat(finding("home").status()).isEqualTo(Status.OK);
        home = new RbeesHome(Files.writeString(folder.resolve("file"), ""));
        assertThat(finding("home").status()).isEqualTo(Status.FAIL);
    }

    @Test
    void tokenFile() throws Exception {
        assertThat(finding("token-file").status()).isEqualTo(Status.SKIP);
        Path file = Files.writeString(folder.resolve("token"), "0123456789abcdef0123456789abcdef\n");
        Map<String, String> environment = Map.of(Environment.API_TOKEN_FILE, file.toString());
        mode(file, "rw-r--r--");
        Finding loose = finding("token-file", environment);
        assertThat(loose.status()).isEqualTo(Status.FAIL);
        assertThat(loose.fix()).isEqualTo("run: chmod 0600 '" + file + "'");
        mode(file, "rw-------");
        Finding found = finding("token-file", environment);
        assertThat(found.status()).isEqualTo(Status.OK);
        assertThat(found.detail()).doesNotContain("0123456789abcdef");
        Files.delete(file);
        assertThat(finding("token-file", environment).fix()).contains("openssl rand");
    }

    @Test
    void caFile() throws Exception {
        assertThat(finding("ca-file").status()).isEqualTo(Status.SKIP);
        Path file = Files.writeString(folder.resolve("ca.pem"), "no certificate");
        Finding found = finding("ca-file", Map.of(Environment.CA_FILE, file.toString()));
        assertThat(found.status()).isEqualTo(Status.FAIL);
        assertThat(found.fix()).contains("PEM");
    }

    @Test
    void catalog() throws Exception {
        assertThat(finding("catalog").status()).isEqualTo(Status.OK);
        Files.writeString(home.catalog(), "{");
        Finding broken = finding("catalog");
        assertThat(broken.status()).isEqualTo(Status.FAIL);
        assertThat(broken.detail()).contains("catalog.json");
        assertThat(broken.fix()).isNotBlank();
    }

    @Test
    void modelsLock() throws Exception {
        FakeInstallation.prepare(folder, home.root());
        assertThat(finding("models-lock")).extracting(Finding::status, Finding::detail)
                .containsExactly(Status.OK, "1 model on this machine");
        Files.delete(home.modelsLock());
        Finding doubtful = finding("models-lock");
        assertThat(doubtful.status()).isEqualTo(Status.WARN);
        assertThat(doubtful.fix()).isEqualTo("run: rbees-pool models verify smollm2-135m");
        Files.writeString(home.modelsLock(), "nonsense\n");
        Finding broken = finding("models-lock");
        assertThat(broken.status()).isEqualTo(Status.FAIL);
        assertThat(broken.fix()).startsWith("delete it");
    }

    @Test
    void downloads() throws Exception {
        assertThat(finding("downloads").status()).isEqualTo(Status.OK);
        Path part = Files.createDirectories(home.staging().resolve("mistral"));
        Files.writeString(part.resolve("x.part"), "12345");
        assertThat(finding("downloads")).extracting(Finding::status, Finding::detail)
                .containsExactly(Status.WARN, "unfinished: mistral (5 B)");
    }

    @Test
    void workers() throws Exception {
        assertThat(finding("workers").status()).isEqualTo(Status.OK);
        Path record = Files.createDirectories(home.workers()).resolve("worker-cpu-gone.json");
        Files.writeString(record, """
                                  {"worker_id": "worker-cpu-gone", "pid": 1, "process_start": "never", "backend": "cpu",
                                   "model": "m", "port": 8001, "threads": 1, "started_at": "2026-01-01T00:00:00.000Z"}
                                  """);
        Finding gone = finding("workers");
        assertThat(gone.status()).isEqualTo(Status.WARN);
        assertThat(gone.fix()).endsWith("run: rbees-pool worker stop worker-cpu-gone");
        Files.writeString(record, "{");
        assertThat(finding("workers").status()).isEqualTo(Status.FAIL);
    }
}

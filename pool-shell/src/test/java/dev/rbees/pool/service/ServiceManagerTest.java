package dev.rbees.pool.service;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class ServiceManagerTest {

    private static final Service SERVICE = new Service("worker-cpu-x7k2p9", Path.of("/opt/r bees/bin/rbees-workerd"),
            List.of("--worker-id", "worker-cpu-x7k2p9", "--model", "/m/50% \"of\" $HOME\\x.gguf", "--orchestrator-url", ""),
            Map.of("RBEES_HOME", "/home/a & b/.rbees", "HOME", "/home/a"), Path.of("/home/a/w.log"));

    @TempDir
    Path folder;

    @Test
    void writesAUnitOfSystemd() {
        assertThat(ServiceManager.SYSTEMD.file(SERVICE, true))
                .isEqualTo("""
                           [Unit]
                           Description=rbees worker worker-cpu-x7k2p9
                           Wants=network-online.target
                           After=network-online.target

                           [Service]
                           Environment="HOME=/home/a"
                           Environment="RBEES_HOME=/home/a & b/.rbees"
                           ExecStart="/opt/r bees/bin/rbees-workerd" "--worker-id" "worker-cpu-x7k2p9" "--model" \
                           "/m/50%% \\"of\\" $$HOME\\\\x.gguf" "--orchestrator-url" ""
                           Restart=on-failure
                           RestartSec=5
                           TimeoutStopSec=40
                           SuccessExitStatus=143

                           [Install]
                           WantedBy=multi-user.target
                           """);
        assertThat(ServiceManager.SYSTEMD.file(SERVICE, false)).contains("WantedBy=default.target");
        assertThat(ServiceManager.SYSTEMD.enable(Path.of("/x/rbees-w.service"), false))
                .containsExactly("systemctl --user daemon-reload", "systemctl --user enable --now rbees-w.service");
    }

    /** The real systemd reads it without a complaint. */
    @Test
    void theUnitIsUnderstood() throws Exception {
        Path analyze = Path.of("/usr/bin/systemd-analyze");
        assumeTrue(Files.isExecutable(analyze), "no systemd-analyze on this machine");
        Path program = folder.resolve("r bees");
        Files.createFile(program);
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Service service = new Service(SERVICE.workerId(), program, SERVICE.arguments(), SERVICE.environment(),
                SERVICE.log());
        Path unit = new ServiceFiles(ServiceManager.SYSTEMD, folder, true).write(service);

        Process process = new ProcessBuilder(analyze.toString(), "verify", "--man=no", unit.toString())
                .redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile()).start();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readAllLines(folder.resolve("said"))).noneMatch(line -> line.contains("rbees-worker"));
    }

    @Test
    void writesAPropertyListOfLaunchd() throws Exception {
        NodeList strings = parsed(ServiceManager.LAUNCHD.file(SERVICE, false)).getElementsByTagName("string");

        assertThat(IntStream.range(0, strings.getLength()).mapToObj(i -> strings.item(i).getTextContent()))
                .containsExactly("dev.rbees.worker-cpu-x7k2p9", "/opt/r bees/bin/rbees-workerd", "--worker-id",
                        "worker-cpu-x7k2p9", "--model", "/m/50% \"of\" $HOME\\x.gguf", "--orchestrator-url", "", "/home/a",
                        "/home/a & b/.rbees", "/home/a/w.log", "/home/a/w.log");
        assertThat(ServiceManager.LAUNCHD.enable(Path.of("/a b.plist"), false))
                .containsExactly("launchctl bootstrap gui/$(id -u) '/a b.plist'");
    }

    private static Document parsed(String plist) throws Exception {
        DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        // why: the definition is at its maker's, and is not needed
        builder.setEntityResolver((_, _) -> new InputSource(new StringReader("")));
        return builder.parse(new InputSource(new StringReader(plist)));
    }

    @Test
    void filesComeAndGo() {
        ServiceFiles files = new ServiceFiles(ServiceManager.SYSTEMD, folder.resolve("units"), false);
        Path file = files.write(SERVICE);

        assertThat(file).hasFileName("rbees-worker-cpu-x7k2p9.service").exists();
        assertThat(files.write(SERVICE)).isEqualTo(file);
        assertThat(files.remove(SERVICE.workerId())).contains(file);
        assertThat(files.remove(SERVICE.workerId())).isEmpty();
    }
}

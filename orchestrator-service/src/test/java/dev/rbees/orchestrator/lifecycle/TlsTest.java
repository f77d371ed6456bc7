package dev.rbees.orchestrator.lifecycle;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.orchestrator.testing.OrchestratorProgram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The program as a server that proves who it is. */
class TlsTest {

    private static final String TOKEN = "token-".repeat(8);

    @TempDir
    Path folder;

    private void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static HttpClient trusting(Path certificate) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            store.setCertificateEntry("rbees", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    @Test
    void speaksToWhoTrustsItsCertificateAndToNobodyInTheClear() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                "key.pem", "-out", "certificate.pem", "-days", "1", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=IP:127.0.0.1");
        Path token = Files.writeString(folder.resolve("token"), TOKEN);
        for (Path secret : new Path[] {token, folder.resolve("key.pem")}) {
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        }
        int port = OrchestratorProgram.freePort();
        try (OrchestratorProgram program = OrchestratorProgram.start(folder.resolve("log"), port, TOKEN,
                Map.of("RBEES_HOME", folder.resolve("home").toString(), "RBEES_MODE", "platform", "RBEES_API_TOKEN_FILE",
                        token.toString()),
                "--tls-certificate", folder.resolve("certificate.pem").toString(), "--tls-key",
                folder.resolve("key.pem").toString())) {
            program.awaitLog("listening on");
            HttpRequest health = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/health")).build();
            try (HttpClient known = trusting(folder.resolve("certificate.pem"));
                    HttpClient stranger = HttpClient.newHttpClient()) {
                assertThat(known.send(health, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
                assertThatThrownBy(() -> stranger.send(health, BodyHandlers.ofString()))
                        .isInstanceOf(SSLHandshakeException.class);
            }
            assertThatThrownBy(() -> program.send("GET", "/health", "")).isInstanceOf(IllegalStateException.class);
        }
    }
}

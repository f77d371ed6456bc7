package dev.rbees.pool.model;

import java.net.URI;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class HttpGetTest {

    private static final Map<String, String> TOKEN = Map.of("Authorization", "Bearer canary", "X-Other", "kept");

    private RawHttpServer server;
    private RawHttpServer elsewhere;
    private HttpGet http;

    @BeforeEach
    void start() throws Exception {
        server = new RawHttpServer((_, out) -> RawHttpServer.head(out, 200, "Content-Length: 0"));
        elsewhere = new RawHttpServer((_, out) -> RawHttpServer.head(out, 200, "Content-Length: 0"));
        http = new HttpGet(Map.of());
    }

    @AfterEach
    void stop() throws Exception {
        http.close();
        server.close();
        elsewhere.close();
    }

    private void redirect(String location) {
        server.answerWith((request, out) -> {
            if (request.path().equals("/start")) {
                RawHttpServer.head(out, 302, "Location: " + location, "Content-Length: 0");
            } else {
                RawHttpServer.head(out, 200, "Content-Length: 0");
            }
        });
    }

    private HttpGet.Answer get() throws Exception {
        try (HttpGet.Answer answer = http.get(URI.create(server.url() + "/start"), TOKEN)) {
            return answer;
        }
    }

    @Test
    void keepsCredentialsOnTheSameHost() throws Exception {
        redirect("/next");

        assertThat(get().uri()).hasPath("/next");
        assertThat(server.requests()).extracting(request -> request.header("Authorization"))
                .containsExactly("Bearer canary", "Bearer canary");
    }

    @Test
    void sendsNoCredentialsToAnotherHost() throws Exception {
        redirect(elsewhere.url() + "/next");

        assertThat(get().status()).isEqualTo(200);
        assertThat(elsewhere.requests()).singleElement().satisfies(request -> {
            assertThat(request.header("Authorization")).isEmpty();
            assertThat(request.header("X-Other")).isEqualTo("kept");
        });
    }

    @Test
    void doesNotGetCredentialsBackOnTheWayHome() throws Exception {
        redirect(elsewhere.url() + "/back");
        elsewhere.answerWith((_, out) -> RawHttpServer.head(out, 302, "Location: " + server.url() + "/home",
                "Content-Length: 0"));

        get();

        assertThat(server.requests().getLast().header("Authorization")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "gopher://127.0.0.1/", "http:///nowhere", "", "http://[broken"})
    void followsNoRedirectToWhatIsNoWebAddress(String location) {
        redirect(location);

        assertThat(catchThrowableOfType(SourceException.class, this::get).reason()).contains("redirect");
    }

    @Test
    void endsARingOfRedirects() {
        redirect("/start");

        assertThat(catchThrowableOfType(SourceException.class, this::get).reason()).contains("more than 5 redirects");
        assertThat(server.requests()).hasSize(6);
    }

    @Test
    void neverGoesFromProtectedToUnprotected() {
        assertThat(catchThrowableOfType(SourceException.class,
                () -> Redirect.target(URI.create("https://a/x"), "http://a/y")).reason()).contains("unprotected");
    }

    @Test
    void givesTheProxyItsPasswordAndTheServerNone() throws Exception {
        elsewhere.answerWith((request, out) -> {
            if (request.header("Proxy-Authorization").isEmpty()) {
                RawHttpServer.head(out, 407, "Proxy-Authenticate: Basic realm=\"p\"", "Content-Length: 0");
            } else {
                RawHttpServer.head(out, 200, "Content-Length: 0");
            }
        });
        String proxy = elsewhere.url().replace("http://", "http://user:secret@");
        try (HttpGet proxied = new HttpGet(Map.of("http_proxy", proxy));
                HttpGet.Answer answer = proxied.get(URI.create("http://models.invalid/file"), Map.of())) {
            assertThat(answer.status()).isEqualTo(200);
        }
        assertThat(elsewhere.requests()).hasSize(2).last().satisfies(request -> {
            assertThat(request.header("Proxy-Authorization")).isEqualTo("Basic dXNlcjpzZWNyZXQ=");
            assertThat(request.header("Authorization")).isEmpty();
        });
    }

    @Test
    void goesThroughTheProxyOfTheEnvironment() throws Exception {
        try (HttpGet proxied = new HttpGet(Map.of("http_proxy", elsewhere.url()));
                HttpGet.Answer answer = proxied.get(URI.create("http://models.invalid/file"), Map.of())) {
            assertThat(answer.status()).isEqualTo(200);
        }
        assertThat(elsewhere.requests()).extracting(RawHttpServer.Request::path)
                .containsExactly("http://models.invalid/file");
    }
}

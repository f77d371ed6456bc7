package dev.rbees.pool.model;

import java.net.URI;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class RedirectTest {

    private static final URI FROM = URI.create("https://hub.example:8443/org/file.gguf?old=1");

    @ParameterizedTest
    @CsvSource({
        "HTTPS://cdn.example/x, https://cdn.example/x",
        "?v=2, https://hub.example:8443/org/file.gguf?v=2",
        "other.gguf?v=2, https://hub.example:8443/org/other.gguf?v=2",
        "/root, https://hub.example:8443/root",
        "//cdn.example/x, https://cdn.example/x",
        "../up/x, https://hub.example:8443/up/x",
        "https://cdn.example/a file|{1}, https://cdn.example/a%20file%7C%7B1%7D",
        "https://cdn.example/x?sig=a%2Bb, https://cdn.example/x?sig=a%2Bb"})
    void goesWhereTheAnswerSays(String location, String target) throws Exception {
        assertThat(Redirect.target(FROM, location)).hasToString(target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://hub.example/x", "HTTP://hub.example/x", "file:///etc/passwd", "", "mailto:a@b",
        "http:///x"})
    void refusesWhatIsNoProtectedAddress(String location) {
        assertThat(catchThrowableOfType(SourceException.class, () -> Redirect.target(FROM, location)).reason())
                .startsWith("a redirect");
    }

    @Test
    void aHostIsTheSameWithItsUsualPortAndInAnyCase() {
        assertThat(Redirect.sameHost(URI.create("https://Hub.example/a"), URI.create("HTTPS://hub.example:443/b"))).isTrue();
        assertThat(Redirect.sameHost(URI.create("https://hub.example/a"), URI.create("https://hub.example:8443/a")))
                .isFalse();
        assertThat(Redirect.sameHost(URI.create("https://hub.example/a"), URI.create("https://hub.example.org/a")))
                .isFalse();
        assertThat(Redirect.sameHost(URI.create("http://hub.example/a"), URI.create("https://hub.example/a"))).isFalse();
        assertThat(Redirect.isCredential("AUTHORIZATION")).isTrue();
        assertThat(Redirect.isCredential("Range")).isFalse();
    }
}

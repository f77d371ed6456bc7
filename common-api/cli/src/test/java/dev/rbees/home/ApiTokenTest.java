package dev.rbees.home;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** The token of an installation. */
class ApiTokenTest {

    @TempDir
    Path folder;

    private Path file(String content, String mode) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @Test
    void isReceivedAsALineIntoAFileOfItsOwnerAlone() throws IOException {
        String secret = "s3cret-".repeat(6);
        InputStream in = new ByteArrayInputStream((secret + "\nmore").getBytes(UTF_8));

        Path kept = ApiToken.receive(in, folder.resolve("keys"));

        assertThat(Files.getPosixFilePermissions(kept)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(folder.resolve("keys")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(ApiToken.read(kept).line()).isEqualTo(secret);
        assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo("more");
        assertThat(ApiToken.receive(new ByteArrayInputStream(secret.getBytes(UTF_8)), folder.resolve("keys"))).isEqualTo(kept);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "too-short\n", "with blanks with blanks with blanks with blanks\n"})
    void whatIsNoTokenIsNotKept(String line) {
        RbeesException refused = catchThrowableOfType(RbeesException.class,
                () -> ApiToken.receive(new ByteArrayInputStream(line.getBytes(UTF_8)), folder.resolve("keys")));

        assertThat(refused.code()).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(folder.resolve("keys")).doesNotExist();
        assertThat(catchThrowableOfType(RbeesException.class, () -> ApiToken
                .receive(new ByteArrayInputStream("x".repeat(5000).getBytes(UTF_8)), folder.resolve("keys")))).isNotNull();
    }

    @Test
    void isReadFromAFileOfItsOwnerAlone() throws IOException {
        String secret = "s3cret-".repeat(6);
        ApiToken token = ApiToken.read(file(secret + "\n", "rw-------"));
        assertThat(token.matches(secret)).isTrue();
        assertThat(token.matches(secret + "x")).isFalse();
        assertThat(token.header()).isEqualTo("Bearer " + secret);
        assertThat(token).hasToString("token:" + token.fingerprint());
        assertThat(token.toString()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource({"rw-r-----, can be used by other users", "rw----r--, chmod 0600"})
    void refusesAFileThatOthersMayRead(String mode, String message) throws IOException {
        Path file = file("t".repeat(32), mode);
        RbeesException refused = catchThrowableOfType(RbeesException.class, () -> ApiToken.read(file));
        assertThat(refused.code()).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(refused).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"ttttttttttttttttttttttttttttttt", "'tttttttttttttttt tttttttttttttttt'", "''"})
    void refusesWhatIsNoToken(String content) throws IOException {
        Path file = file(content, "rw-------");
        RbeesException refused = catchThrowableOfType(RbeesException.class, () -> ApiToken.read(file));
        assertThat(refused).hasMessageContaining("at least 32 printable characters");
        assertThat(refused.getMessage()).doesNotContain("ttttt");
    }

    @Test
    void theEnvironmentNamesTheFile() throws IOException {
        assertThat(ApiToken.of(Map.of())).isEmpty();
        Path file = file("t".repeat(40), "rw-------");
        assertThat(ApiToken.of(Map.of("RBEES_API_TOKEN_FILE", file.toString()))).isPresent();
        RbeesException refused = catchThrowableOfType(RbeesException.class,
                () -> ApiToken.of(Map.of("RBEES_API_TOKEN_FILE", folder.resolve("none").toString())));
        assertThat(refused).hasMessageContaining("cannot be read");
    }
}

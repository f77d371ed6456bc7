package dev.rbees.remote;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** What the real ssh says is asked in {@link SshConfigOracleTest}; this is what it cannot tell. */
class SshConfigTest {

    @TempDir
    Path folder;

    private SshHostConfig of(String host) {
        return new SshConfig(List.of(folder.resolve("config")), folder, "me").of(RemoteHost.parse(host));
    }

    private String show(String host) {
        SshHostConfig config = of(host);
        return config.user() + "@" + config.hostName() + ":" + config.port();
    }

    private RbeesException refused(String host) {
        return catchThrowableOfType(RbeesException.class, () -> of(host));
    }

    private void config(String text) throws Exception {
        Files.writeString(folder.resolve("config"), text);
    }

    @Test
    void aMissingFileSaysNothing() {
        assertThat(show("box")).isEqualTo("me@box:22");
        assertThat(of("box").identityFiles()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Port ssh", "Port 70000", "User", "User \"bee", "User two words", "IdentitiesOnly perhaps",
        "ProxyCommand nc %h %p"})
    void aWrongLineBreaksOnlyTheHostsThatItConcerns(String line) throws Exception {
        config("Host broken\n  %s\nHost box\n  User bee\n".formatted(line));

        assertThat(show("box")).isEqualTo("bee@box:22");
        RbeesException refusal = refused("broken");
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refusal).hasMessageContaining(folder.resolve("config") + " line 2 ");
    }

    @Test
    void aProgramIsNeverRunAndIsToldWhereItWouldDecide() throws Exception {
        Path marker = folder.resolve("marker");
        config("""
               Match host a exec "touch %s"
                 User matched
               Match exec "touch %s" host b
                 User matched
               Match !host c localnetwork 10.0.0.0/8
                 User matched
               Host *
                 User bee
               """.formatted(marker, marker));

        assertThat(show("c")).isEqualTo("bee@c:22");
        assertThat(refused("a")).hasMessageContaining("line 1").hasMessageContaining("Match exec");
        assertThat(refused("b")).hasMessageContaining("line 3").hasMessageContaining("Match exec");
        assertThat(refused("d")).hasMessageContaining("line 5").hasMessageContaining("Match localnetwork");
        assertThat(marker).doesNotExist();
    }

    @Test
    void includedFilesAreReadInTheirPlaceAndDoNotReachBeyondIt() throws Exception {
        Files.createDirectories(folder.resolve("config.d"));
        Files.writeString(folder.resolve("config.d/1.conf"), "Host one\n  HostName 10.0.0.1\n");
        Files.writeString(folder.resolve("config.d/2.conf"), "Host two\n  HostName 10.0.0.2\n");
        Files.writeString(folder.resolve("config.d/.3.conf"), "Host two\n  Port 3\n");
        Files.writeString(folder.resolve("other"), "Port 7\nHost three\n  HostName 10.0.0.3\n");
        config("""
               Include config.d/*.conf no-such-file
               User common
               Host four
                 Include other
                 HostName 10.0.0.4
               """);

        assertThat(show("one")).isEqualTo("common@10.0.0.1:22");
        assertThat(show("two")).isEqualTo("common@10.0.0.2:22");
        assertThat(show("three")).isEqualTo("common@three:22");
        assertThat(show("four")).isEqualTo("common@10.0.0.4:7");
    }

    @Test
    void aRingOfIncludesIsToldToThoseWhomItConcerns() throws Exception {
        config("Host a\n  HostName 10.0.0.1\nHost b\n  Include config\n");

        assertThat(show("a")).contains("10.0.0.1");
        assertThat(refused("b")).hasMessageContaining("line 4").hasMessageContaining("include itself");
    }

    @Test
    void putsTokensIntoFileNames() throws Exception {
        config("Host box\n  HostName 10.0.0.1\n  User bee\n");

        Path path = SshPaths.expanded("~/.ssh/%r@%h-%n-%p-%u%%x", of("box"), "me", folder);

        assertThat(path).isEqualTo(folder.resolve("bee@10.0.0.1-box-22-me%x"));
        assertThat(SshPaths.expanded("%d/key", of("box"), "me", folder))
                .isEqualTo(Path.of(System.getProperty("user.home"), "key"));
    }

    @Test
    void aJumpHostHasJumpsOfItsOwnAndARingIsTold() throws Exception {
        config("""
               Host inner
                 ProxyJump u@middle:23,last
               Host middle
                 ProxyJump outer
               Host last outer
                 User jumper
               Host ring
                 ProxyJump ring
               Host wrong
                 ProxyJump $(id)
               """);
        SshRoute route = new SshRoute(new SshSettings(folder.resolve("config"), folder, Optional.empty(), "me",
                Duration.ofSeconds(1)));

        assertThat(route.to(SshTarget.of(RemoteHost.parse("inner"))).stream().map(hop -> hop.config().user() + "@"
                + hop.config().hostName() + ":" + hop.config().port()))
                .containsExactly("jumper@outer:22", "u@middle:23", "jumper@last:22", "me@inner:22");
        for (String host : List.of("ring", "wrong")) {
            assertThat(catchThrowableOfType(RbeesException.class, () -> route.to(SshTarget.of(RemoteHost.parse(host)))))
                    .hasMessageContaining("ProxyJump of " + host);
        }
    }
}

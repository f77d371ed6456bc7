package dev.rbees.remote;

import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RemoteHostTest {

    @Test
    void readsUserHostAndPort() {
        assertThat(RemoteHost.parse("mac")).isEqualTo(new RemoteHost(Optional.empty(), "mac", Optional.empty()));
        assertThat(RemoteHost.parse("vince@gpu-1.lan:2222"))
                .isEqualTo(new RemoteHost(Optional.of("vince"), "gpu-1.lan", Optional.of(2222)));
        assertThat(RemoteHost.parse("[fe80::1]:22")).isEqualTo(new RemoteHost(Optional.empty(), "fe80::1", Optional.of(22)));
        assertThat(RemoteHost.parse("::1").name()).isEqualTo("::1");
    }

    @Test
    void printsAsItWasNamed() {
        assertThat(RemoteHost.parse("vince@gpu-1.lan:2222")).hasToString("vince@gpu-1.lan:2222");
        assertThat(RemoteHost.parse("[fe80::1]:22")).hasToString("[fe80::1]:22");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-oProxyCommand=touch /tmp/x", "$(id)", "a b", "a;id", "a\nb", "u@-h", "-u@h", "h:0",
        "h:70000",
        "h:", "@h", "u@", "a@b@c", "h/x", "h:22:22", "[::1", "[zz]:22"})
    void refusesWhatIsNoPlainName(String text) {
        assertThatThrownBy(() -> RemoteHost.parse(text)).isInstanceOfSatisfying(RbeesException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }
}

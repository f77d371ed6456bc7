package dev.rbees.remote;

import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class SshConfigFileTest {

    @TempDir
    Path folder;

    private @Nullable HostConfigEntry resolve(String host) throws Exception {
        return new SshConfigFile(folder.resolve("config"), folder).read().resolveEffectiveHost(host, 0, null, null, null,
                null);
    }

    private String show(String host) throws Exception {
        HostConfigEntry entry = resolve(host);
        return entry == null ? "none" : entry.getUsername() + "@" + entry.getHostName() + ":" + entry.getPort();
    }

    @Test
    void aMissingFileSaysNothing() throws Exception {
        assertThat(resolve("box")).isNull();
    }

    @Test
    void theFirstValueOfAMatchingBlockCounts() throws Exception {
        Files.writeString(folder.resolve("config"), """
                                                    # mine
                                                    Host box gpu-*
                                                      HostName=10.0.0.1
                                                      Port 2222
                                                    Host *
                                                      User everybody
                                                      Port 1
                                                    """);

        assertThat(show("box")).isEqualTo("everybody@10.0.0.1:2222");
        assertThat(show("gpu-7")).isEqualTo("everybody@10.0.0.1:2222");
    }

    @Test
    void matchBlocksArePassedOverAndTheirProgramsNotRun() throws Exception {
        Path marker = folder.resolve("marker");
        Files.writeString(folder.resolve("config"), """
                                                    Host a
                                                      HostName 10.0.0.1
                                                    Match host a exec "touch %s"
                                                      User matched
                                                      Port 99
                                                    Host b
                                                      HostName 10.0.0.2
                                                      User bee
                                                    """.formatted(marker));

        assertThat(show("a")).doesNotContain("matched").contains("10.0.0.1").doesNotContain("99");
        assertThat(show("b")).isEqualTo("bee@10.0.0.2:22");
        assertThat(marker).doesNotExist();
    }

    @Test
    void includedFilesAreReadInTheirPlaceAndDoNotReachBeyondIt() throws Exception {
        Files.createDirectories(folder.resolve("config.d"));
        Files.writeString(folder.resolve("config.d/1.conf"), "Host one\n  HostName 10.0.0.1\n");
        Files.writeString(folder.resolve("config.d/2.conf"), "Host two\n  HostName 10.0.0.2\n");
        Files.writeString(folder.resolve("other"), "Host three\n  HostName 10.0.0.3\n");
        Files.writeString(folder.resolve("config"), """
                                                    Include config.d/*.conf %s no-such-file
                                                    User common
                                                    Host four
                                                      Include other
                                                      HostName 10.0.0.4
                                                    """.formatted(folder.resolve("other")));

        for (int i = 1; i <= 4; i++) {
            String name = new String[] {"one", "two", "three", "four"}[i - 1];
            assertThat(show(name)).isEqualTo("common@10.0.0." + i + ":22");
        }
    }

    @Test
    void aRingOfIncludesEnds() throws Exception {
        Files.writeString(folder.resolve("config"), "Include config\nHost a\n  HostName 10.0.0.1\n");

        assertThat(show("a")).contains("10.0.0.1");
    }
}

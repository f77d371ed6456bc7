package dev.rbees.pool.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class PipSettingsTest {

    @TempDir
    Path home;

    private String url(Map<String, String> environment) throws Exception {
        Map<String, String> all = new HashMap<>(Map.of("XDG_CONFIG_DIRS", home.resolve("none").toString(), "PATH", ""));
        all.putAll(environment);
        return new PipSettings(all, home).indexUrl();
    }

    private Path config(String path, String text) throws Exception {
        Path file = home.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    /** A pip that says what the real one says. */
    private Map<String, String> pip(String name, String help) throws Exception {
        Path pip = config("bin/" + name, "#!/bin/sh\n[ \"$*\" = '" + (name.startsWith("python") ? "-m pip " : "")
                + "help install' ] && /bin/cat <<'END'\n" + help + "\nEND\n");
        Files.setPosixFilePermissions(pip, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Map.of("PATH", home.resolve("bin").toString());
    }

    private static final String HELP = """
                                       Package Index Options (including deprecated options):
                                         -i, --index-url <url>       Base URL of the Python Package Index (default
                                                                     https://index.example/simple). This should point to a
                                                                     repository.
                                         --extra-index-url <url>     Extra URLs (default https://wrong.example/).""";

    @Test
    void theEnvironmentComesFirst() throws Exception {
        config(".config/pip/pip.conf", "[global]\nindex-url = https://file.example/simple\n");

        assertThat(url(Map.of("PIP_INDEX_URL", "https://env.example/simple"))).isEqualTo("https://env.example/simple");
    }

    @Test
    void thenTheConfigurationFilesWithTheLaterOverTheEarlier() throws Exception {
        config(".pip/pip.conf", "[global]\nindex-url = https://old.example/simple\n");
        assertThat(url(Map.of())).isEqualTo("https://old.example/simple");

        config(".config/pip/pip.conf", """
                                       [list]
                                       index-url = https://no.example
                                       [global]
                                       timeout = 3
                                       index_url: https://user.example/simple
                                       """);
        assertThat(url(Map.of())).isEqualTo("https://user.example/simple");

        Path named = config("named.conf", "[install]\nindex-url=https://named.example/simple\n");
        assertThat(url(Map.of("PIP_CONFIG_FILE", named.toString()))).isEqualTo("https://named.example/simple");
    }

    @Test
    void thenWhatTheInstalledPipSays() throws Exception {
        assertThat(url(pip("pip", HELP))).isEqualTo("https://index.example/simple");
    }

    @Test
    void anyFormOfPipWillDo() throws Exception {
        assertThat(url(pip("python3", HELP))).isEqualTo("https://index.example/simple");
    }

    @Test
    void saysClearlyThatPipIsMissing() throws Exception {
        for (Map<String, String> none : List.of(Map.of("PATH", home.toString()), pip("pip", "no such thing"))) {
            assertThat(catchThrowableOfType(SourceException.class, () -> url(none)).reason())
                    .isEqualTo("no package index is known: install pip, or set PIP_INDEX_URL");
        }
    }
}

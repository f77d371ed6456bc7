package dev.rbees.pool.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class HubTest {

    @TempDir
    Path user;

    private final Map<String, String> environment = new HashMap<>();

    private Hub hub() {
        return Hub.of(environment, user);
    }

    private void token(String folder, String text) throws Exception {
        Path file = user.resolve(folder).resolve("token");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void isWhereItsOwnToolsLookForIt() throws Exception {
        assertThat(hub().address("/x")).hasToString("https://huggingface.co/x");
        assertThat(hub().cache()).isEqualTo(user.resolve(".cache/huggingface/hub"));
        environment.put("XDG_CACHE_HOME", "/c");
        assertThat(hub().cache()).hasToString("/c/huggingface/hub");
        environment.put("HF_HOME", "/h");
        assertThat(hub().cache()).hasToString("/h/hub");
        environment.put("HF_HUB_CACHE", "/elsewhere");
        assertThat(hub().cache()).hasToString("/elsewhere");
        environment.put("HF_ENDPOINT", "https://mirror.example/hub/ ");
        assertThat(hub().address("/org/repo/a b.gguf")).hasToString("https://mirror.example/hub/org/repo/a%20b.gguf");
        assertThat(hub().name()).isEqualTo("mirror.example");
        environment.put("HF_ENDPOINT", "nonsense");
        assertThat(catchThrowableOfType(SourceException.class, () -> hub().address("/x")).reason())
                .contains("no web address");
    }

    @Test
    void theTokenIsThatOfItsOwnToolsAndNeverShown() throws Exception {
        assertThat(hub().headers()).isEmpty();
        token(".cache/huggingface", "of-the-file\n");
        assertThat(hub().headers()).containsEntry("Authorization", "Bearer of-the-file");
        environment.put("HF_TOKEN", "of-the-environment");
        assertThat(hub().headers()).containsEntry("Authorization", "Bearer of-the-environment");
        assertThat(hub()).hasToString("huggingface.co");
        environment.put("HF_TOKEN", "");
        environment.put("HF_TOKEN_PATH", user.resolve("mine/token").toString());
        assertThat(hub().headers()).isEmpty();
        token("mine", "two words");
        assertThat(catchThrowableOfType(SourceException.class, () -> hub().headers()).reason()).contains("holds no token");
        token("mine", "x".repeat(5_000));
        assertThat(hub().headers()).isEmpty();
    }
}

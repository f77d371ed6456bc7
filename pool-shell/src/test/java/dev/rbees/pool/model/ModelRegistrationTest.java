package dev.rbees.pool.model;

import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.Catalog;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.home.RbeesHome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ModelRegistrationTest {

    @TempDir
    Path folder;

    private RbeesHome home;
    private LocalCatalog catalog;
    private ModelRegistration registration;

    @BeforeEach
    void open() {
        home = new RbeesHome(folder.resolve("home")).open();
        catalog = new LocalCatalog(home, Catalog.builtIn());
        registration = new ModelRegistration(catalog, new ModelStore(home, catalog));
    }

    private ModelEntry register(String id, String source) {
        return register(id, source, null);
    }

    private ModelEntry register(String id, String source, @Nullable String name) {
        return registration.register(new ModelRegistration.Wanted(id, source, name, null, "qwen3", null, "MIT", 4096));
    }

    private RbeesException refusal(String id, String source) {
        return catchThrowableOfType(RbeesException.class, () -> register(id, source));
    }

    @Test
    void whatIsSaidOfAModelIsKnownFromThenOn() {
        ModelEntry entry = register("mine", "hf.co/org/repo:Q4_K_M", "My model");

        assertThat(entry).isEqualTo(new ModelEntry("mine", "My model", false, "gguf", "qwen3", null, 0, null, null,
                "hf:org/repo@main:Q4_K_M", "MIT", 4096, null, null));
        assertThat(new LocalCatalog(home, Catalog.builtIn()).all().find("mine")).isPresent();
        assertThat(register("file", "hf:org/repo::sub/x.gguf").source()).isEqualTo("hf:org/repo@main::sub/x.gguf");
        assertThat(catalog.all().require("file").files()).singleElement()
                .satisfies(file -> assertThat(file.name()).isEqualTo("x.gguf"));
    }

    @Test
    void anIdThatIsTakenStaysWhatItIs() {
        register("mine", "https://host.example/m.gguf");

        assertThat(refusal("mine", "hf.co/org/repo")).hasMessage("model 'mine' already exists")
                .satisfies(e -> assertThat(e.code().exitCode().code()).isEqualTo(1));
        assertThat(refusal("smollm2-135m", "hf.co/org/repo").code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(refusal("a/b", "hf.co/org/repo").code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refusal("other", "nonsense").code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refusal("other", "file:/tmp/x.gguf")).hasMessageContaining("models import <path> --id other");
    }

    @Test
    void takingAModelOutLeavesItsFiles() throws Exception {
        register("mine", "https://host.example/m.gguf");
        Path file = Files.createDirectories(home.model("mine")).resolve("m.gguf");
        Files.writeString(file, "GGUF");

        registration.unregister("mine");

        assertThat(catalog.all().find("mine")).isEmpty();
        assertThat(file).exists();
        assertThat(catchThrowableOfType(RbeesException.class, () -> registration.unregister("mine")).code())
                .isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        assertThat(catchThrowableOfType(RbeesException.class, () -> registration.unregister("smollm2-135m")))
                .hasMessageContaining("belongs to this version");
    }
}

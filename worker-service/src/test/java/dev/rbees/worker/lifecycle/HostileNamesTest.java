package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Message;
import dev.rbees.api.task.Prompt;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.UsageException;
import dev.rbees.worker.generation.LoadedModel;
import dev.rbees.worker.model.TensorEncoding;
import dev.rbees.worker.testing.GgufBuilder;
import dev.rbees.worker.testing.SafetensorsBuilder;
import dev.rbees.worker.testing.TinyArchitecture;
import dev.rbees.worker.testing.TinyModel;
import dev.rbees.worker.testing.WordTokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** hardening S25 to S29: what a model's files call things, and where they lead. */
class HostileNamesTest {

    /** Clears a screen, sets a title, feigns a prompt, reverses a text. */
    private static final String EVIL = "\u001b[2J\u001b]0;owned\u0007\r\nroot# \u009b31m\u202etxt";
    private static final int LONGEST = 600;

    @TempDir
    Path folder;

    private WorkerSettings settings(Path model) {
        return WorkerSettings.of(CommandLine.parse(WorkerSettings.SPEC, List.of("--model", model.toString(), "--slots", "1",
                "--threads", "1", "--model-id", "m")), Map.of("RBEES_HOME", folder.resolve("home").toString()));
    }

    private String refusal(Path model) {
        return assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
            RbeesException refused = catchThrowableOfType(RbeesException.class,
                    () -> new ModelLoader(settings(model), Clock.systemUTC(), new SplittableRandom(1)).prepare()
                            .load((_, _) -> {
                            }));
            assertThat(refused).isNotNull();
            assertThat(refused.code()).isEqualTo(ErrorCode.MODEL_LOAD_FAILED);
            return refused.userMessage();
        });
    }

    private void assertHarmless(Path model) {
        String message = refusal(model);
        assertThat(message.codePoints().filter(c -> Character.isISOControl(c) || c == 0x202e).toArray()).as(message)
                .isEmpty();
        assertThat(message).hasSizeLessThan(LONGEST).contains("root#");
    }

    private Path gguf(GgufBuilder builder) {
        return builder.write(folder.resolve("m.gguf"));
    }

    @Test
    void whatAFileCallsItsPartsIsHarmlessInAMessage() {
        String key = "general." + EVIL;
        assertHarmless(gguf(new GgufBuilder().text("general.architecture", EVIL)));
        assertHarmless(gguf(new GgufBuilder().integer(key, 1).integer(key, 1)));
        assertHarmless(gguf(new GgufBuilder().integer(EVIL + "x".repeat(60_000), 1).integer(EVIL + "x".repeat(60_000), 1)));
        assertHarmless(gguf(new GgufBuilder().tensor(EVIL, TensorEncoding.F32, new byte[0], 0)));
        assertHarmless(gguf(TinyModel.of(TensorEncoding.Q8_0).builder(TinyModel.of(TensorEncoding.Q8_0).data(1))
                .tensor(EVIL, TensorEncoding.F32, new byte[4], 70)));
    }

    @Test
    void theAdviceAtTheEndOfALongMessageStays() {
        String key = "x".repeat(60_000);
        assertThat(refusal(gguf(new GgufBuilder().integer(key, 1).integer(key, 1))))
                .startsWith("the GGUF file is damaged: the metadata key xxx").contains(" … ")
                .endsWith("download or copy it again");
    }

    private Path transformers(String config) throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        new TinyArchitecture("llama").separateMatrices().writeFolder(model, false, config);
        return model;
    }

    private static String config(String type) {
        return "{\"model_type\":\"" + type + "\",\"hidden_size\":64,\"num_attention_heads\":4,\"num_key_value_heads\":2,"
                + "\"head_dim\":32,\"num_hidden_layers\":6,\"intermediate_size\":96,\"vocab_size\":" + TinyModel.vocabulary()
                + ",\"max_position_embeddings\":256,\"rms_norm_eps\":1e-6}";
    }

    @Test
    void soItIsInFolders() throws IOException {
        String json = "\\u001b[2J\\r\\nroot# \\u202e";
        assertHarmless(transformers(config(json)));
        Path model = transformers(config("llama"));
        Files.write(model.resolve("z" + EVIL.replace("\u0007", "") + ".safetensors"), new byte[3]);
        assertHarmless(model);
        model = Files.createDirectories(folder.resolve("other"));
        new TinyArchitecture("llama").separateMatrices().writeFolder(model, false, config("llama"));
        Files.write(model.resolve("more.safetensors"), SafetensorsBuilder.build(
                "{\"" + json + "\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}", new byte[8]));
        assertHarmless(model);
        Files.delete(model.resolve("more.safetensors"));
        Files.writeString(model.resolve("tokenizer.json"), "{\"model\":{\"type\":\"" + json + "\",\"vocab\":{\"a\":0}}}");
        assertHarmless(model);
    }

    @Test
    void soIsWhatATemplateSays() {
        LoadedModel model = LoadedTexts.of("m", new WordTokenizer(), "{{ raise_exception('" + EVIL + "') }}", null,
                null,
                java.util.Set.of(), Clock.systemUTC());
        assertThatThrownBy(() -> model.encode(new Prompt.Chat(List.of(new Message(Message.Role.USER, "hello")))))
                .isInstanceOfSatisfying(RbeesException.class, e -> assertThat(e.userMessage()).contains("root#")
                        .doesNotContain("\u001b", "\u0007", "\n", "\u009b", "\u202e"));
        LoadedModel broken = LoadedTexts.of("m", new WordTokenizer(), "{% " + EVIL + "x".repeat(5000) + " %}", null,
                null,
                java.util.Set.of(), Clock.systemUTC());
        assertThat(broken.templateProblem()).doesNotContain("\u001b", "\n").hasSizeLessThan(LONGEST);
    }

    @Test
    void aLinkInAFolderIsRefusedWhicheverFileItStandsFor() throws IOException {
        for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json",
                "chat_template.jinja", "special_tokens_map.json", "zzz.safetensors", "model.safetensors.index.json")) {
            Path model = transformers(config("llama"));
            Path elsewhere = folder.resolve("elsewhere-" + name);
            if (Files.exists(model.resolve(name))) {
                Files.move(model.resolve(name), elsewhere);
            } else {
                Files.writeString(elsewhere, "{}");
            }
            Files.createSymbolicLink(model.resolve(name), elsewhere);
            assertThat(refusal(model)).as(name).contains(name + " is a link, which is not allowed");
            Files.delete(model.resolve(name));
        }
    }

    @Test
    void anEndlessFileIsNeverRead() throws IOException {
        Path zero = Path.of("/dev/zero");
        Assumptions.assumeTrue(Files.exists(zero), "there is no /dev/zero here");
        Path link = Files.createSymbolicLink(folder.resolve("m.gguf"), zero);
        for (Path given : List.of(zero, link)) {
            assertThatThrownBy(() -> settings(given)).isInstanceOf(UsageException.class)
                    .hasMessageContaining("is neither a file nor a folder");
        }
        Path model = transformers(config("llama"));
        for (String name : List.of("config.json", "tokenizer.json", "zzz.safetensors")) {
            Files.deleteIfExists(model.resolve(name));
            Files.createSymbolicLink(model.resolve(name), zero);
            assertThat(refusal(model)).contains(name + " is a link");
            Files.delete(model.resolve(name));
            transformers(config("llama"));
        }
    }

    @Test
    void aLinkThatTheUserNamesHimselfIsFollowed() throws IOException {
        Path file = TinyModel.of(TensorEncoding.Q8_0).write(folder.resolve("real.gguf"), 1);
        WorkerSettings settings = settings(Files.createSymbolicLink(folder.resolve("named.gguf"), file));
        assertThat(settings.model()).isEqualTo(file.toRealPath());
        List<String> arguments = new ArrayList<>(List.of("--model", folder.resolve("named.gguf").toString()));
        assertThat(WorkerSettings.of(CommandLine.parse(WorkerSettings.SPEC, arguments), Map.of()).modelId())
                .isEqualTo("named");
    }

    @Test
    void aMissingModelIsNamedWithoutItsSigns() {
        assertThatThrownBy(() -> settings(folder.resolve("no\u001b[2J\nthing"))).isInstanceOf(UsageException.class)
                .hasMessageContaining("there is no file or folder ").satisfies(e -> assertThat(e.getMessage())
                        .doesNotContain("\u001b", "\n"));
    }

    @Test
    void anEndTokenThatADamagedImportNamesIsRefused() {
        assertThatThrownBy(() -> LoadedTexts.of("m", new WordTokenizer(), null, null, null,
                java.util.Set.of(1 << 20), Clock.systemUTC()))
                .hasMessageContaining("remove the model's folder below RBEES_HOME");
    }
}

package dev.rbees.worker.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.Architecture.Trait;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class TransformersConfigTest {

    private static final String COMMON = "\"hidden_size\":128,\"num_attention_heads\":4,\"num_hidden_layers\":6,"
            + "\"intermediate_size\":256,\"vocab_size\":500,\"max_position_embeddings\":4096";

    @TempDir
    Path folder;

    private DecoderShape shape(String type, String more) {
        try {
            Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"" + type + "\"," + COMMON + more + "}");
            return TransformersConfig.read(folder).shape();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void readsThePlainFamily() {
        DecoderShape shape = shape("llama", ",\"num_key_value_heads\":2,\"rope_theta\":100000.0,\"rms_norm_eps\":1e-5");
        assertThat(shape.architecture()).isEqualTo(Architecture.LLAMA);
        assertThat(shape.headSize()).isEqualTo(32);
        assertThat(shape.kvHeads()).isEqualTo(2);
        assertThat(shape.normEpsilon()).isEqualTo(1e-5);
        assertThat(shape.normOffset()).isZero();
        assertThat(shape.attention().scale()).isCloseTo(1 / Math.sqrt(32), within(1e-12));
        assertThat(shape.attention().rotary().interleaved()).isFalse();
        assertThat(shape.attention().rotary().frequencies().get(8)).isCloseTo(Math.pow(100_000, -0.5), within(1e-12));
        assertThat(shape.attention().windowedLayers()).isEmpty();
    }

    @Test
    void knowsAnArchitectureByItsClassAsWell() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"architectures\":[\"Qwen3ForCausalLM\"]," + COMMON + "}");
        assertThat(TransformersConfig.read(folder).architecture()).isEqualTo(Architecture.QWEN3);
    }

    @Test
    void seesAWindowWhereTheModelHasOne() {
        assertThat(shape("mistral", ",\"sliding_window\":null").attention().window()).isZero();
        assertThat(shape("mistral", ",\"sliding_window\":64").attention().windowOf(5)).isEqualTo(64);
        assertThat(shape("qwen2", ",\"sliding_window\":64").attention().windowOf(5)).isZero();
        DecoderShape upper = shape("qwen2", ",\"sliding_window\":64,\"use_sliding_window\":true,\"max_window_layers\":4");
        assertThat(upper.attention().windowedLayers()).containsExactly(4, 5);
        DecoderShape gemma2 = shape("gemma2", ",\"sliding_window\":64,\"query_pre_attn_scalar\":256,"
                + "\"attn_logit_softcapping\":50.0,\"final_logit_softcapping\":30.0,\"head_dim\":64");
        assertThat(gemma2.attention().windowedLayers()).containsExactly(0, 2, 4);
        assertThat(gemma2.attention().scale()).isCloseTo(1 / 16.0, within(1e-12));
        assertThat(gemma2.attention().cap()).isEqualTo(50);
        assertThat(gemma2.logitCap()).isEqualTo(30);
        assertThat(gemma2.normOffset()).isEqualTo(1);
        assertThat(gemma2.has(Trait.POST_NORMS)).isTrue();
    }

    @Test
    void givesWindowedLayersOfGemma3TheirOwnRotaryBase() {
        DecoderShape old = shape("gemma3_text",
                ",\"sliding_window\":64,\"rope_theta\":1000000.0,\"rope_local_base_freq\":10000.0");
        DecoderShape written = shape("gemma3_text", ",\"sliding_window\":64,\"layer_types\":[\"sliding_attention\","
                + "\"sliding_attention\",\"sliding_attention\",\"sliding_attention\",\"sliding_attention\",\"full_attention\"],"
                + "\"rope_parameters\":{\"full_attention\":{\"rope_type\":\"default\",\"rope_theta\":1000000.0},"
                + "\"sliding_attention\":{\"rope_type\":\"default\",\"rope_theta\":10000.0}}");
        assertThat(written).isEqualTo(old);
        assertThat(old.attention().windowedLayers()).containsExactly(0, 1, 2, 3, 4);
        assertThat(old.attention().windowedRotary()).isEqualTo(Rotary.of(10_000, 32, false));
        assertThat(old.attention().rotary()).isEqualTo(Rotary.of(1_000_000, 32, false));
    }

    @Test
    void readsLlama3Scaling() {
        Rotary rotary = shape("llama", ",\"rope_theta\":500000.0,\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8.0,"
                + "\"low_freq_factor\":1.0,\"high_freq_factor\":4.0,\"original_max_position_embeddings\":8192}").attention()
                .rotary();
        Rotary plain = Rotary.of(500_000, 32, false);
        assertThat(rotary.frequencies().getFirst()).isEqualTo(plain.frequencies().getFirst());
        assertThat(rotary.frequencies().getLast()).isCloseTo(plain.frequencies().getLast() / 8, within(1e-15));
        assertThat(rotary.frequencies()).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    }

    @Test
    void readsLongRope() {
        String factors = "[" + "2.0,".repeat(15) + "2.0]";
        Rotary rotary = shape("phi3", ",\"original_max_position_embeddings\":1024,\"rope_scaling\":{\"type\":\"longrope\","
                + "\"short_factor\":" + factors.replace('2', '1') + ",\"long_factor\":" + factors + "}").attention()
                .rotary();
        assertThat(rotary.shortContext()).isEqualTo(1024);
        assertThat(rotary.longFrequencies().get(3)).isCloseTo(rotary.frequencies().get(3) / 2, within(1e-15));
        assertThat(rotary.magnitude()).isCloseTo(Math.sqrt(1 + Math.log(4) / Math.log(1024)), within(1e-12));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "olmo2 |                                                              | its model_type is 'olmo2'",
        "llama | ,\"hidden_act\":\"relu\"                                     | its activation is 'relu'",
        "llama | ,\"rope_scaling\":{\"type\":\"dynamic\",\"factor\":2.0}      | scales its rotary positions by 'dynamic'",
        "llama | ,\"quantization_config\":{\"quant_method\":\"gptq\"}         | quantised by 'gptq'",
        "llama | ,\"head_dim\":24                                             | rotates 24 numbers of each head",
        "llama | ,\"num_key_value_heads\":3                                   | dimensions do not fit together",
        "llama | ,\"head_dim\":\"x\"                                          | its head_dim is no number",
        "llama | ,\"rms_norm_eps\":-1                                         | constants make no sense",
        "llama | ,\"rope_theta\":-1                                           | constants make no sense",
        "gemma3_text | ,\"sliding_window\":8,\"rope_local_base_freq\":-1      | constants make no sense",
        "gemma2| ,\"sliding_window\":8,\"layer_types\":[\"full_attention\"]   | 1 layer_types for 6 layers",
        "phi3  | ,\"rope_scaling\":{\"type\":\"longrope\",\"short_factor\":[1.0]} | has no long_factor",
        "phi3  | ,\"rope_scaling\":{\"type\":\"longrope\",\"short_factor\":[1.0],\"long_factor\":[1.0]} | 1 factors for 16"})
    void refusesWhatItCannotRun(String type, String more, String problem) {
        assertThatThrownBy(() -> shape(type, more == null ? "" : more)).isInstanceOfSatisfying(RbeesException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.MODEL_LOAD_FAILED);
            assertThat(e.userMessage()).contains(problem);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{nope | is no JSON", "{\"model_type\":\"llama\"} | does not say its hidden_size"})
    void refusesADamagedFile(String config, String problem) throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
        assertThatThrownBy(() -> TransformersConfig.read(folder).shape()).hasMessageContaining(problem);
    }

    @Test
    void refusesAContextWithoutRoomForAnAnswer() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"llama\"," + COMMON.replace("4096", "1") + "}");
        assertThatThrownBy(() -> TransformersConfig.read(folder).shape()).hasMessageContaining("no room for an answer");
    }

    @Test
    void refusesAFolderWithoutConfiguration() {
        assertThatThrownBy(() -> TransformersConfig.read(folder)).hasMessageContaining("has no config.json");
    }
}

package dev.rbees.worker.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.testing.OnnxBuilder;
import dev.rbees.worker.testing.TinyBert;
import dev.rbees.worker.testing.TinyExport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

class EmbeddingSessionTest {

    private static final int SEED = 9;
    private static final int[] IDS = {1, 30, 7, 7, 12, 39, 2};
    private static final String NORMALISING = "[{\"type\":\"sentence_transformers.models.Transformer\"},"
            + "{\"type\":\"sentence_transformers.models.Pooling\"},{\"type\":\"sentence_transformers.models.Normalize\"}]";

    @TempDir
    Path folder;

    private EmbeddingModel model() {
        return EmbeddingModel.open(folder);
    }

    private void describe(String file, String json) throws IOException {
        Files.createDirectories(folder.resolve(file).getParent());
        Files.writeString(folder.resolve(file), json);
    }

    static Stream<Arguments> kinds() {
        return Stream.of(new TinyBert(true, false), new TinyBert(false, false), new TinyBert(true, true))
                .flatMap(bert -> Stream.of(Arguments.of(bert, true, true), Arguments.of(bert, false, true),
                        Arguments.of(bert, true, false), Arguments.of(bert, false, false)));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void agreesWithThePlainForwardPass(TinyBert bert, boolean mean, boolean normalised) throws IOException {
        bert.write(folder, SEED);
        describe("1_Pooling/config.json", "{\"pooling_mode_mean_tokens\":" + mean + ",\"pooling_mode_cls_token\":" + !mean
                + ",\"include_prompt\":true}");
        describe("modules.json", normalised ? NORMALISING : "[{\"type\":\"sentence_transformers.models.Transformer\"}]");
        double[][] tokens = bert.reference(SEED, IDS);
        double[] expected = new double[TinyBert.WIDTH];
        for (int w = 0; w < expected.length; w++) {
            int column = w;
            expected[w] = mean || bert.pooled()
                    ? Arrays.stream(tokens).mapToDouble(token -> token[column]).average().orElseThrow()
                    : tokens[0][w];
        }
        double length = normalised ? Math.sqrt(Arrays.stream(expected).map(x -> x * x).sum()) : 1;
        try (EmbeddingSession session = EmbeddingSession.open(model(), 1)) {
            float[] embedding = session.embed(IDS);
            for (int w = 0; w < expected.length; w++) {
                assertThat((double) embedding[w]).isCloseTo(expected[w] / length, offset(1e-5));
            }
        }
    }

    @Test
    void givesTheSameBitsWhateverElseRunsAndWithAnyNumberOfThreads() {
        new TinyBert(true, false).write(folder, SEED);
        float[] alone;
        String fingerprint;
        try (EmbeddingSession session = EmbeddingSession.open(model(), 1)) {
            alone = session.embed(IDS);
            fingerprint = session.fingerprint(TinyBert.VOCABULARY);
        }
        try (EmbeddingSession session = EmbeddingSession.open(model(), 2)) {
            assertThat(session.fingerprint(TinyBert.VOCABULARY)).isEqualTo(fingerprint).matches("[0-9a-f]{16}");
            List<float[]> together = Stream.generate(() -> IDS).limit(64).parallel().map(session::embed).toList();
            assertThat(together).allSatisfy(embedding -> assertThat(embedding).isEqualTo(alone));
        }
        new TinyBert(true, false).write(folder, SEED + 1);
        try (EmbeddingSession session = EmbeddingSession.open(model(), 1)) {
            assertThat(session.fingerprint(TinyBert.VOCABULARY)).isNotEqualTo(fingerprint);
        }
    }

    @Test
    void isTakenForWhatMostAreWhenNothingDescribesIt() throws IOException {
        new TinyBert(true, false).write(folder, SEED);
        assertThat(model().maxTokens()).isEqualTo(TinyBert.PLACES);
        Files.delete(folder.resolve("config.json"));
        assertThat(model()).returns(EmbeddingModel.Pooling.MEAN, EmbeddingModel::pooling)
                .returns(true, EmbeddingModel::normalised).returns(512, EmbeddingModel::maxTokens);
    }

    @ParameterizedTest
    @CsvSource({"bert, 512, 256, 256", "bert, 512, 1024, 512", "xlm-roberta, 514, 512, 512", "xlm-roberta, 514, 600, 512",
        "mpnet, 514, 514, 512"})
    void takesAsManyTokensAsItWasTrainedForAndHasPlacesFor(String type, int places, int trained, int expected)
            throws IOException {
        new TinyBert(true, false).write(folder, SEED);
        describe("config.json", "{\"model_type\":\"" + type + "\",\"pad_token_id\":1,\"max_position_embeddings\":" + places
                + "}");
        describe("sentence_bert_config.json", "{\"max_seq_length\":" + trained + ",\"do_lower_case\":false}");
        assertThat(model().maxTokens()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "1_Pooling/config.json | {\"pooling_mode_max_tokens\":true}                                 | pooling_mode_max_tokens",
        "1_Pooling/config.json | {\"pooling_mode_mean_tokens\":true,\"pooling_mode_cls_token\":true} | pooling_mode_cls_token, pooling_mode_mean",
        "1_Pooling/config.json | {}                                                                 | asks for no pooling",
        "modules.json          | [{\"type\":\"sentence_transformers.models.Dense\"}]                | models.Dense"})
    void refusesWhatItCannotDo(String file, String json, String reason) throws IOException {
        new TinyBert(true, false).write(folder, SEED);
        describe(file.strip(), json);
        assertThatThrownBy(this::model).isInstanceOf(RbeesException.class).hasMessageContaining(reason.strip());
    }

    @Test
    void knowsADecoderFromAnEncoder() {
        new TinyExport(false, false, false, false).write(folder, SEED);
        assertThat(EmbeddingModel.isAt(folder)).isFalse();
        assertThatThrownBy(this::model).hasMessageContaining("gives no embeddings; its outputs are present.0.key");
        new TinyBert(false, false).write(folder, SEED);
        assertThat(EmbeddingModel.isAt(folder)).isTrue();
    }

    @Test
    void namesTheInputThatItDoesNotKnow() {
        OnnxBuilder graph = new OnnxBuilder(false).input("input_ids", OnnxBuilder.INT64, "b", "s")
                .input("pixel_values", OnnxBuilder.FLOAT, "b", 3).output("last_hidden_state", OnnxBuilder.FLOAT, "b", 3);
        graph.node("Identity", List.of("pixel_values"), "last_hidden_state");
        graph.write(folder, "model.onnx");
        assertThatThrownBy(() -> EmbeddingSession.open(model(), 1).close()).isInstanceOf(RbeesException.class)
                .hasMessageContaining("pixel_values");
    }
}

package dev.rbees.worker.onnx;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.graph.LoadProgress;
import dev.rbees.worker.graph.OnnxFile;
import dev.rbees.worker.model.ModelFault;

/**
 * An encoder of the BERT family as an ONNX graph, in the layout of sentence-transformers, checked but not yet loaded. Without
 * descriptions it is taken for what most are: mean pooling, normalised, {@value #USUAL_TOKENS} tokens.
 *
 * @param files what was checked: the graph that is to be loaded, and the folder with what describes it
 * @param output of the graph that is used
 * @param pooling how the tokens' numbers become one embedding
 * @param normalised whether embeddings have the length 1
 * @param maxTokens of a text, those included that the model adds
 */
public record EmbeddingModel(ExportedFolder files, String output, Pooling pooling, boolean normalised, int maxTokens) {

    /** How the numbers of a text's tokens become one embedding. */
    public enum Pooling {
        /** The mean of all tokens. */
        MEAN,
        /** The first token, which was trained to stand for the text. */
        CLS,
        /** None: the graph gives one embedding already. */
        DONE
    }

    private static final int USUAL_TOKENS = 512;
    private static final int MAX_TOKENS = 1 << 17;
    private static final String POOLED = "sentence_embedding";
    private static final List<String> PER_TOKEN = List.of("last_hidden_state", "token_embeddings");
    private static final String POOLING_FILE = "1_Pooling/config.json";
    private static final Map<String, Pooling> MODES = Map.of("pooling_mode_mean_tokens", Pooling.MEAN,
            "pooling_mode_cls_token", Pooling.CLS);

    /**
     * Whether the graph at this place gives embeddings.
     *
     * @throws RbeesException MODEL_LOAD_FAILED when it is not allowed or damaged
     */
    public static boolean isAt(Path path) {
        return output(ExportedFolder.open(path).graph()).isPresent();
    }

    private static Optional<String> output(OnnxFile graph) {
        return graph.outputs().contains(POOLED)
                ? Optional.of(POOLED)
                : PER_TOKEN.stream().filter(graph.outputs()::contains).findFirst();
    }

    /**
     * Checks and reads what is in the folder.
     *
     * @param path the folder, or one of the graphs in it
     * @throws RbeesException MODEL_LOAD_FAILED when something is missing, damaged, or reaches beyond the folder
     */
    public static EmbeddingModel open(Path path) {
        ExportedFolder files = ExportedFolder.open(path);
        String output = output(files.graph()).orElseThrow(() -> ModelFault
                .of("the graph " + files.graph().path().getFileName() + " gives no embeddings; its outputs are "
                        + String.join(", ", files.graph().outputs().stream().limit(8).toList())));
        Pooling pooling = output.equals(POOLED) ? Pooling.DONE
                : files.json(POOLING_FILE).map(EmbeddingModel::pooling)
                        .orElse(Pooling.MEAN);
        return new EmbeddingModel(files, output, pooling,
                files.json("modules.json").map(EmbeddingModel::normalises).orElse(true), maxTokens(files));
    }

    /** With tokenizer.json. */
    public Path folder() {
        return files.folder();
    }

    /** The graph that is to be loaded. */
    Path graph() {
        return files.graph().path();
    }

    /** Of the graph and its constants. */
    public long bytes() {
        return files.graph().bytes();
    }

    /** Hex SHA-256 of all its files, which are read for it. */
    public String digest(LoadProgress progress) {
        return files.digest(progress);
    }

    private static Pooling pooling(ExportedJson description) {
        List<String> wanted = description.root().propertyNames().stream()
                .filter(key -> key.startsWith("pooling_mode_") && description.flag(key)).sorted().toList();
        Pooling pooling = wanted.size() == 1 ? MODES.get(wanted.getFirst()) : null;
        if (pooling == null) {
            throw ExportedJson.wrong(POOLING_FILE,
                    "asks for " + (wanted.isEmpty() ? "no pooling" : String.join(", ", wanted))
                            + "; rbees supports " + String.join(" or ", MODES.keySet().stream().sorted().toList()),
                    null);
        }
        return pooling;
    }

    private static boolean normalises(ExportedJson modules) {
        boolean normalises = false;
        for (JsonNode module : modules.root()) {
            String type = module.path("type").asString("");
            switch (type.substring(type.lastIndexOf('.') + 1)) {
                case "Transformer", "Pooling" -> {
                    // these are what the graph and pooling are for
                }
                case "Normalize" -> normalises = true;
                default -> throw ExportedJson.wrong(modules.name(), "has a part of the kind '" + type
                        + "', which rbees does not support", null);
            }
        }
        return normalises;
    }

    private static int maxTokens(ExportedFolder files) {
        IntStream asTrained = files.json("sentence_bert_config.json")
                .map(json -> json.integer(2, MAX_TOKENS, "max_seq_length").stream()).orElse(IntStream.empty());
        IntStream places = files.json(ExportedJson.CONFIG).map(json -> json.integer(2, MAX_TOKENS,
                "max_position_embeddings").stream().map(count -> count - firstPlace(json))).orElse(IntStream.empty());
        return IntStream.concat(asTrained, places).min().orElse(USUAL_TOKENS);
    }

    /** why: the RoBERTa family counts positions from behind the id of its padding. */
    private static int firstPlace(ExportedJson config) {
        boolean roberta = config.text("model_type").filter(type -> type.contains("roberta") || type.equals("camembert")
                || type.equals("mpnet")).isPresent();
        return roberta ? config.integer(0, 16, "pad_token_id").orElse(1) + 1 : 0;
    }
}

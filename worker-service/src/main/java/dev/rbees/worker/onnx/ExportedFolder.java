package dev.rbees.worker.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import dev.rbees.api.error.RbeesException;
import dev.rbees.home.Sha256;
import dev.rbees.worker.graph.LoadProgress;
import dev.rbees.worker.graph.OnnxFile;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.model.ModelFile;

/**
 * A folder as model hubs have it: JSON files that describe the model, and its graph beside them or in a folder {@code onnx}.
 *
 * @param folder with the descriptions
 * @param graph checked, not yet loaded
 */
public record ExportedFolder(Path folder, OnnxFile graph) {

    private static final List<String> USUAL_NAMES = List.of("model.onnx", "decoder_model_merged.onnx",
            "decoder_with_past_model.onnx");
    /** Everything beside the graph that has a part in what the model answers. */
    private static final List<String> DESCRIPTIONS = List.of("config.json", "generation_config.json", "tokenizer.json",
            "tokenizer_config.json", "chat_template.jinja", "modules.json", "sentence_bert_config.json",
            "1_Pooling/config.json", GenaiConfig.FILE);
    private static final String SUBFOLDER = "onnx";
    private static final int READ_BYTES = 1 << 20;

    /** Whether there is an ONNX graph at this place: a graph's file, or a folder that holds one. */
    static boolean isAt(Path path) {
        return path.toString().endsWith(".onnx") || !graphs(path).isEmpty() || !graphs(path.resolve(SUBFOLDER)).isEmpty();
    }

    /**
     * @param path the folder, or, where it has several graphs, the one that is meant
     * @throws RbeesException MODEL_LOAD_FAILED when there is none, or several, or it is not allowed
     */
    static ExportedFolder open(Path path) {
        Path graph = Files.isDirectory(path) ? choose(path) : path;
        Path beside = Objects.requireNonNull(graph.toAbsolutePath().getParent(), "every file lies in a folder");
        Path above = beside.getParent();
        Path folder = above != null && beside.endsWith(SUBFOLDER) && !Files.exists(beside.resolve(ExportedJson.CONFIG))
                && !Files.exists(beside.resolve(GenaiConfig.FILE))
                        ? above
                        : beside;
        return new ExportedFolder(folder, OnnxFile.check(graph));
    }

    private static Path choose(Path folder) {
        Optional<GenaiConfig> genai = GenaiConfig.read(folder);
        if (genai.isPresent()) {
            return genai.get().graph(folder);
        }
        for (Path place : List.of(folder, folder.resolve(SUBFOLDER))) {
            for (String name : USUAL_NAMES) {
                if (Files.exists(place.resolve(name))) {
                    return place.resolve(name);
                }
            }
            List<Path> graphs = graphs(place);
            if (graphs.size() == 1) {
                return graphs.getFirst();
            }
            if (graphs.size() > 1) {
                throw ModelFault.of("the folder " + folder.getFileName() + " has "
                        + graphs.size() + " graphs (" + String.join(", ", graphs.stream().limit(8)
                                .map(graph -> graph.getFileName().toString()).toList())
                        + "); give the path of one of them");
            }
        }
        throw ModelFault.of("the folder " + folder.getFileName()
                + " has no ONNX graph: no file *.onnx in it or in a folder onnx below it");
    }

    private static List<Path> graphs(Path folder) {
        // why: a folder below could be a link to any folder of this machine
        if (!(folder.endsWith(SUBFOLDER) ? Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                : Files.isDirectory(folder))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".onnx")).sorted().toList();
        } catch (IOException e) {
            throw ModelFault.of("cannot read the folder " + folder.getFileName(), e);
        }
    }

    /** One of the descriptions, if it is there. */
    Optional<ExportedJson> json(String name) {
        Path below = folder.resolve(name).getParent();
        if (below != null && Files.isSymbolicLink(below) && !below.equals(folder)) {
            throw ModelFault.of("the folder of " + name + " is a link, which is not allowed because it could lead to any"
                    + " folder of this machine; put a copy there");
        }
        return ExportedJson.read(folder.resolve(name));
    }

    /** What it says for onnxruntime-genai, if that is about this graph. */
    Optional<GenaiConfig> genai() {
        return GenaiConfig.read(folder).filter(config -> config.graph(folder).equals(graph.path().toAbsolutePath()));
    }

    /** Hex SHA-256 over names, lengths and bytes of all files that belong to the model. */
    String digest(LoadProgress progress) {
        List<Path> files = new ArrayList<>(List.of(graph.path()));
        files.addAll(graph.externalFiles());
        DESCRIPTIONS.stream().map(folder::resolve).filter(ModelFile::isThere).forEach(files::add);
        try {
            MessageDigest sha256 = Sha256.start();
            byte[] buffer = new byte[READ_BYTES];
            long done = 0;
            for (Path file : files) {
                sha256.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
                sha256.update(ByteBuffer.allocate(1 + Long.BYTES).putLong(1, ModelFile.size(file)).array());
                try (InputStream in = ModelFile.stream(file, Long.MAX_VALUE)) {
                    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                        sha256.update(buffer, 0, n);
                        done += n;
                        progress.report(LoadProgress.Phase.VERIFY, Math.min(1, (double) done / graph.bytes()));
                    }
                }
            }
            return Sha256.hex(sha256);
        } catch (IOException e) {
            throw ModelFault.of("cannot read the files of the model", e);
        }
    }
}

package dev.rbees.worker.graph;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.model.ModelFile;

/**
 * An ONNX graph that somebody else wrote, checked before the runtime may see it: it and the files that hold its constants
 * are regular files of one folder, it uses known operators only, and nothing in it is nested without end.
 *
 * @param path of the graph
 * @param externalFiles that hold constants, by name in order
 * @param inputs names
 * @param outputs names
 * @param bytes of all these files together
 */
public record OnnxFile(Path path, List<Path> externalFiles, List<String> inputs, List<String> outputs, long bytes) {

    /** why: no protocol buffer message can be longer. */
    private static final long MAX_BYTES = Integer.MAX_VALUE;

    public OnnxFile {
        externalFiles = List.copyOf(externalFiles);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when the file cannot be read, is damaged, or reaches beyond its folder */
    public static OnnxFile check(Path path) {
        Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent(), "every file lies in a folder");
        ExternalData.requireOwn(folder, path);
        ExternalData externalData = new ExternalData(folder, path);
        GraphInspector inspector = new GraphInspector(externalData);
        try (Arena arena = Arena.ofConfined()) {
            long size = ModelFile.size(path);
            if (size > MAX_BYTES) {
                throw ProtoReader.broken("it has " + size + " bytes, more than any ONNX graph can have");
            }
            inspector.model(new ProtoReader(ModelFile.map(path, arena)));
            long bytes = size;
            for (Path file : externalData.files().values()) {
                bytes += ModelFile.size(file);
            }
            return new OnnxFile(path, List.copyOf(externalData.files().values()), inspector.inputs(), inspector.outputs(),
                    bytes);
        } catch (IOException e) {
            throw ModelFault.of("cannot read the model file " + path.getFileName(), e);
        }
    }
}

package dev.rbees.worker.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.PartName;

/**
 * A GGUF file, or the several files of a model that was split, opened and checked. The tensors' bytes stay on disk and are mapped;
 * the metadata are those of the first part.
 */
public final class GgufFile implements TensorSource {

    private static final int MAX_PARTS = 1024;

    private record Located(Tensor tensor, MemorySegment file) {}

    private final Arena arena;
    private final Metadata metadata;
    private final Map<String, Located> tensors;

    private GgufFile(Arena arena, Metadata metadata, Map<String, Located> tensors) {
        this.arena = arena;
        this.metadata = metadata;
        this.tensors = tensors;
    }

    /**
     * The files of a model of which one is named: it alone, or all parts that its name tells of, in order.
     *
     * @throws RbeesException MODEL_LOAD_FAILED when a part is missing
     */
    public static List<Path> files(Path named) {
        Optional<PartName> name = PartName.of(String.valueOf(named.getFileName())).filter(part -> part.parts() > 1);
        if (name.isEmpty()) {
            return List.of(named);
        }
        if (name.get().parts() > MAX_PARTS) {
            throw ModelFault.of("the model file " + named.getFileName() + " is one of " + name.get().parts()
                    + " parts, more than " + MAX_PARTS);
        }
        List<Path> files = name.get().all().stream().map(named::resolveSibling).toList();
        files.stream().filter(file -> !ModelFile.isThere(file)).findFirst().ifPresent(missing -> {
            throw ModelFault.missing(missing.getFileName().toString());
        });
        return files;
    }

    /**
     * @param path the file, or any part of a model that was split
     * @throws RbeesException MODEL_LOAD_FAILED when a file cannot be read or is damaged, or a part is missing
     */
    @SuppressWarnings("MustBeClosedChecker") // why: the arena lives as long as the file object, which closes it
    public static GgufFile open(Path path) {
        Arena arena = Arena.ofShared();
        try {
            return read(arena, files(path));
        } catch (IOException e) {
            arena.close();
            throw ModelFault.of("cannot read the model file " + path.getFileName(), e);
        } catch (RbeesException e) {
            arena.close();
            throw e;
        }
    }

    private static GgufFile read(Arena arena, List<Path> files) throws IOException {
        Metadata metadata = null;
        Map<String, Located> tensors = new LinkedHashMap<>();
        for (int i = 0; i < files.size(); i++) {
            MemorySegment mapped = ModelFile.map(files.get(i), arena);
            GgufHeader header = GgufHeader.read(mapped);
            header.requirePart(files.get(i).getFileName().toString(), i + 1, files.size());
            metadata = metadata == null ? header.metadata() : metadata;
            for (Tensor tensor : header.tensors().values()) {
                if (tensors.put(tensor.name(), new Located(tensor, mapped)) != null) {
                    throw ModelFault.of("the tensor " + tensor.name() + " is in several parts of the model; do they belong"
                            + " together?");
                }
            }
        }
        GgufFile file = new GgufFile(arena, Objects.requireNonNull(metadata, "there is one file at least"), tensors);
        file.requireAllTensors();
        return file;
    }

    private void requireAllTensors() {
        long expected = metadata.integer("split.tensors.count").orElse((long) tensors.size());
        if (expected != tensors.size()) {
            throw ModelFault.of("the parts have " + tensors.size() + " tensors together, not " + expected
                    + "; do they belong together?");
        }
    }

    public Metadata metadata() {
        return metadata;
    }

    @Override
    public Optional<Tensor> find(String name) {
        return Optional.ofNullable(tensors.get(name)).map(Located::tensor);
    }

    @Override
    public List<Tensor> tensors() {
        return tensors.values().stream().map(Located::tensor).toList();
    }

    @Override
    public void readRows(Tensor tensor, int firstRow, int rows, byte[] target) {
        Located located = tensors.get(tensor.name());
        if (located == null) {
            throw new IllegalArgumentException("no tensor of this file: " + tensor.name());
        }
        MemorySegment.copy(located.file(), ValueLayout.JAVA_BYTE, tensor.offset() + (long) firstRow * tensor.rowBytes(),
                target, 0, rows * tensor.rowBytes());
    }

    @Override
    public void close() {
        arena.close();
    }
}

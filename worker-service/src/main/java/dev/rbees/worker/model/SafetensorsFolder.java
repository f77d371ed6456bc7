package dev.rbees.worker.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.PartName;

/**
 * A model folder as it is published for transformers: {@code *.safetensors}, one file or several, beside
 * {@code config.json} and {@code tokenizer.json}. Tensors are found under GGUF's names; those that a decoder does not use,
 * such as a vision tower's, are passed over.
 */
public final class SafetensorsFolder implements TensorSource {

    private static final String SUFFIX = ".safetensors";
    private static final int MAX_FILES = 1024;

    private record Located(Tensor tensor, MemorySegment file) {}

    private final Arena arena;
    private final Map<String, Located> tensors;

    private SafetensorsFolder(Arena arena, Map<String, Located> tensors) {
        this.arena = arena;
        this.tensors = tensors;
    }

    /** Whether a folder holds such files. */
    public static boolean isOne(Path folder) {
        return !files(folder).isEmpty();
    }

    /** The files with tensors, in the order of their names; whether they may be read is not looked at. */
    public static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(SUFFIX)).sorted().toList();
        } catch (IOException e) {
            throw ModelFault.of("cannot read the model folder " + folder.getFileName(), e);
        }
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when a file cannot be read or is damaged */
    @SuppressWarnings("MustBeClosedChecker") // why: the arena lives as long as this object, which closes it
    public static SafetensorsFolder open(Path folder, Architecture architecture) {
        Arena arena = Arena.ofShared();
        try {
            List<Path> files = files(folder);
            if (files.isEmpty() || files.size() > MAX_FILES) {
                throw ModelFault.of("the model folder " + folder.getFileName() + " has "
                        + files.size() + " .safetensors files, not 1 to " + MAX_FILES);
            }
            requireParts(files);
            Optional<SafetensorsIndex> index = SafetensorsIndex.read(folder);
            index.ifPresent(present -> present.requireFiles(names(files)));
            Map<String, Located> tensors = new LinkedHashMap<>();
            Set<String> there = new HashSet<>();
            for (Path file : files) {
                there.addAll(add(file, arena, architecture, tensors));
            }
            index.ifPresent(present -> present.requireTensors(architecture, there));
            return new SafetensorsFolder(arena, tensors);
        } catch (IOException e) {
            arena.close();
            throw ModelFault.of("cannot read the model folder " + folder.getFileName(), e);
        } catch (RbeesException e) {
            arena.close();
            throw e;
        }
    }

    /** Refuses a folder that lacks some of several files, which their names tell. */
    private static void requireParts(List<Path> files) {
        Set<String> there = names(files);
        for (Path file : files) {
            PartName.of(String.valueOf(file.getFileName())).filter(part -> part.parts() <= MAX_FILES)
                    .ifPresent(part -> part.all().stream()
                            .filter(name -> !there.contains(name)).findFirst().ifPresent(missing -> {
                                throw ModelFault.missing(missing);
                            }));
        }
    }

    private static Set<String> names(List<Path> files) {
        return files.stream().map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }

    /** Gives the names that the file has for its tensors. */
    private static Set<String> add(Path file, Arena arena, Architecture architecture, Map<String, Located> tensors)
            throws IOException {
        MemorySegment mapped = ModelFile.map(file, arena);
        Set<String> names = new HashSet<>();
        for (Tensor tensor : new SafetensorsHeader(file.getFileName().toString(), mapped).read()) {
            names.add(tensor.name());
            Optional<String> name = TransformersNames.toGguf(architecture, tensor.name());
            if (name.isPresent()) {
                Tensor renamed = new Tensor(name.get(), tensor.encoding(), tensor.shape(), tensor.offset(),
                        tensor.bytes());
                if (tensors.put(renamed.name(), new Located(renamed, mapped)) != null) {
                    throw ModelFault.of("the tensor " + tensor.name() + " is in the model folder twice");
                }
            }
        }
        return names;
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
            throw new IllegalArgumentException("no tensor of this folder: " + tensor.name());
        }
        MemorySegment.copy(located.file(), ValueLayout.JAVA_BYTE, tensor.offset() + (long) firstRow * tensor.rowBytes(),
                target, 0, rows * tensor.rowBytes());
    }

    @Override
    public void close() {
        arena.close();
    }
}

package dev.rbees.worker.graph;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.worker.graph.LoadProgress.Phase;
import dev.rbees.worker.model.DecoderShape;
import dev.rbees.worker.model.EndTokens;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.model.Tensor;
import dev.rbees.worker.model.TensorSource;

/**
 * Turns a GGUF file, or a folder of safetensors, into an {@link ImportedModel}, once: the result stays in the cache folder of
 * its digest and is found there the next time. Several workers may ask for the same model at once; one imports, the others
 * wait for it.
 */
public final class ModelImporter {

    /** Left free on the disk. */
    private static final long RESERVE = 256L * 1024 * 1024;

    private static final Object IMPORTING = new Object();

    private final RbeesHome home;
    private final ImportOptions options;
    private final Optional<String> expected;

    /** An importer of whatever lies there. */
    public ModelImporter(RbeesHome home, ImportOptions options) {
        this(home, options, Optional.empty());
    }

    /** @param expected hex SHA-256 that the model must have, empty for any */
    public ModelImporter(RbeesHome home, ImportOptions options, Optional<String> expected) {
        this.home = home;
        this.options = options;
        this.expected = expected;
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when the file is damaged or not supported, or the cache cannot be written */
    public ImportedModel open(Path source, LoadProgress progress) {
        try {
            String digest = SourceDigest.of(source, new DigestMemory(home.digestNotes(), InstantSource.system()), progress);
            expected.filter(wanted -> !wanted.equals(digest)).ifPresent(wanted -> {
                throw ModelFault
                        .of("the model is not the one that was checked: its SHA-256 is " + digest + " instead of " + wanted
                                + "; 'rbees-pool models verify' tells which file has changed");
            });
            Path folder = home.cache(digest + options.suffix());
            RbeesHome.directory(home.cacheRoot());
            Optional<ImportedModel> cached = ImportedModel.find(folder);
            return cached.isPresent() ? cached.get() : importLocked(source, digest, folder, progress);
        } catch (IOException e) {
            throw ModelFault.of("cannot import the model: " + e.getMessage()
                    + "; is the disk full?", e);
        }
    }

    private ImportedModel importLocked(Path source, String digest, Path folder, LoadProgress progress) throws IOException {
        String name = folder.getFileName().toString();
        // why: both, because a lock on a file holds between processes, not between threads
        synchronized (IMPORTING) {
            try (FileChannel channel = FileChannel.open(folder.resolveSibling(name + ".lock"), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                return importOnce(source, digest, folder, progress);
            }
        }
    }

    private ImportedModel importOnce(Path source, String digest, Path folder, LoadProgress progress) throws IOException {
        Optional<ImportedModel> made = ImportedModel.find(folder);
        if (made.isPresent()) {
            return made.get();
        }
        Path unfinished = folder.resolveSibling(folder.getFileName() + ".importing");
        delete(unfinished);
        delete(folder);
        RbeesHome.directory(unfinished);
        try {
            write(source, digest, unfinished, progress);
            Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(unfinished);
        }
        return ImportedModel.find(folder)
                .orElseThrow(() -> new IOException("the imported model in the cache cannot be read back"));
    }

    private void write(Path path, String digest, Path folder, LoadProgress progress) throws IOException {
        try (SourceModel source = SourceModel.open(path)) {
            DecoderShape shape = source.shape();
            int tokens = source.tokenizer().tokens().size();
            if (tokens < 1 || tokens > shape.vocabulary()) {
                throw ModelFault.of("the model has " + tokens
                        + " tokens and embeddings for " + shape.vocabulary() + "; the model is damaged");
            }
            requireSpace(source, folder);
            source.tokenizer().save(folder.resolve(ImportedModel.TOKENIZER));
            long weightsBytes = writeGraph(source, folder, progress);
            EndTokens ends = source.ends();
            new ImportedModel(folder, new ImportedModel.Description(ImportedModel.LAYOUT, digest, shape,
                    mainEncoding(source.tensors()), weightsBytes, ImportedModel.digests(folder), source.chatTemplate(),
                    ends.bosToken(), ends.eosToken(), ends.endIds(), source.warnings())).save();
        }
    }

    /** Gives the size of the weights file. */
    private long writeGraph(SourceModel source, Path folder, LoadProgress progress) throws IOException {
        try (WeightsFile weights = WeightsFile.create(folder.resolve(ImportedModel.WEIGHTS))) {
            MatrixPacker packer = new MatrixPacker(source.tensors(), weights, options);
            RotaryTables rotary = RotaryTables.write(source.shape(), weights);
            Files.write(folder.resolve(ImportedModel.GRAPH),
                    new DecoderGraph(source.tensors(), source.shape(), packer, rotary, false).write());
            if (rotary.dependOnLength()) {
                Files.write(folder.resolve(ImportedModel.LONG_GRAPH),
                        new DecoderGraph(source.tensors(), source.shape(), packer, rotary, true).write());
            }
            packer.fill(done -> progress.report(Phase.IMPORT, done));
            weights.force();
            return weights.size();
        }
    }

    /** The encoding in which most bytes of the file are. */
    private static String mainEncoding(TensorSource source) {
        Map<String, Long> bytes = source.tensors().stream().filter(tensor -> tensor.name().startsWith("blk."))
                .collect(Collectors.groupingBy(tensor -> tensor.encoding().name(), Collectors.summingLong(Tensor::bytes)));
        return bytes.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse("F32");
    }

    /** An import takes at most about twice the source: 4-bit weights become 8-bit ones, 16-bit numbers 32-bit ones. */
    private static void requireSpace(SourceModel source, Path folder) throws IOException {
        long needed = 2 * source.tensors().tensors().stream().mapToLong(Tensor::bytes).sum()
                + RotaryTables.bytes(source.shape()) + RESERVE;
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < needed) {
            throw ModelFault.of("importing the model needs " + needed / 1_000_000
                    + " MB of disk below RBEES_HOME, but only " + free / 1_000_000
                    + " MB are free; make room and try again");
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> below = Files.walk(folder)) {
            List<Path> deepestFirst = below.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}

package dev.rbees.worker.graph;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.worker.graph.LoadProgress.Phase;
import dev.rbees.worker.model.DecoderShape;
import dev.rbees.worker.model.EndTokens;
import dev.rbees.worker.model.GgufFile;
import dev.rbees.worker.model.Tensor;
import dev.rbees.worker.tokenizer.TokenizerData;

/**
 * Turns a GGUF file into an {@link ImportedModel}, once: the result stays in the cache folder of the file's digest and is
 * found there the next time. Several workers may ask for the same file at once; one imports, the others wait for it.
 */
public final class ModelImporter {

    /** Left free on the disk. */
    private static final long RESERVE = 256L * 1024 * 1024;
    private static final int READ_BYTES = 1 << 20;

    private final RbeesHome home;

    public ModelImporter(RbeesHome home) {
        this.home = home;
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when the file is damaged or not supported, or the cache cannot be written */
    public ImportedModel open(Path source, LoadProgress progress) {
        try {
            String digest = digest(source, progress);
            Path folder = home.cache(digest);
            RbeesHome.directory(home.cacheRoot());
            Optional<ImportedModel> cached = ImportedModel.find(folder);
            return cached.isPresent() ? cached.get() : importLocked(source, digest, folder, progress);
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.MODEL_LOAD_FAILED, "cannot import the model: " + e.getMessage()
                    + "; is the disk full?", e);
        }
    }

    /** why: synchronized as well, because a lock on a file holds between processes, not between threads. */
    private static synchronized ImportedModel importLocked(Path source, String digest, Path folder, LoadProgress progress)
            throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolveSibling(digest + ".lock"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            Optional<ImportedModel> made = ImportedModel.find(folder);
            if (made.isPresent()) {
                return made.get();
            }
            Path unfinished = folder.resolveSibling(digest + ".importing");
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
    }

    private static void write(Path source, String digest, Path folder, LoadProgress progress) throws IOException {
        try (GgufFile file = GgufFile.open(source)) {
            DecoderShape shape = DecoderShape.of(file);
            TokenizerData tokenizer = TokenizerData.of(file.metadata());
            if (tokenizer.tokens().size() > shape.vocabulary()) {
                throw new RbeesException(ErrorCode.MODEL_LOAD_FAILED, "the model has " + tokenizer.tokens().size()
                        + " tokens but embeddings for " + shape.vocabulary() + "; the model file is damaged");
            }
            requireSpace(file, folder);
            tokenizer.save(folder.resolve(ImportedModel.TOKENIZER));
            long weightsBytes;
            try (WeightsFile weights = WeightsFile.create(folder.resolve(ImportedModel.WEIGHTS))) {
                MatrixPacker packer = new MatrixPacker(file, weights);
                Files.write(folder.resolve(ImportedModel.GRAPH),
                        DecoderGraph.write(file, shape, weights, ImportedModel.WEIGHTS, packer));
                packer.fill(done -> progress.report(Phase.IMPORT, done));
                weights.force();
                weightsBytes = weights.size();
            }
            EndTokens ends = EndTokens.of(file.metadata(), tokenizer.tokens());
            new ImportedModel(folder, new ImportedModel.Description(ImportedModel.LAYOUT, digest, shape, mainEncoding(file),
                    weightsBytes, file.metadata().text("tokenizer.chat_template").orElse(null), ends.bosToken(),
                    ends.eosToken(), ends.endIds())).save();
        }
    }

    /** The encoding in which most bytes of the file are. */
    private static String mainEncoding(GgufFile file) {
        Map<String, Long> bytes = file.tensors().stream().filter(tensor -> tensor.name().startsWith("blk."))
                .collect(Collectors.groupingBy(tensor -> tensor.encoding().name(), Collectors.summingLong(Tensor::bytes)));
        return bytes.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse("F32");
    }

    /** An import takes at most about twice the file (4-bit weights become 8-bit ones), plain numbers shrink. */
    private static void requireSpace(GgufFile file, Path folder) throws IOException {
        long needed = 2 * file.tensors().stream().mapToLong(Tensor::bytes).sum() + RESERVE;
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < needed) {
            throw new RbeesException(ErrorCode.MODEL_LOAD_FAILED, "importing the model needs " + needed / 1_000_000
                    + " MB of disk below RBEES_HOME, but only " + free / 1_000_000
                    + " MB are free; make room and try again");
        }
    }

    /** Hex SHA-256 of the file. */
    private static String digest(Path source, LoadProgress progress) throws IOException {
        try (InputStream in = Files.newInputStream(source)) {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            long size = Math.max(1, Files.size(source));
            long done = 0;
            byte[] buffer = new byte[READ_BYTES];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha256.update(buffer, 0, n);
                done += n;
                progress.report(Phase.VERIFY, (double) done / size);
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
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

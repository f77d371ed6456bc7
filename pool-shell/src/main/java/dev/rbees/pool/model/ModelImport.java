package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.DigestOrigin;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;
import dev.rbees.api.model.PartName;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.cli.Printable;
import dev.rbees.home.RbeesHome;
import dev.rbees.home.Sha256;
import dev.rbees.home.Substitute;
import dev.rbees.shell.render.ProgressLine;

/** Takes over a model that somebody has already: a GGUF file, the parts of one, or a folder of safetensors or ONNX files. */
public final class ModelImport {

    /** why: what a worker reads of such a folder, so that both find the same digest. */
    private static final Pattern OF_SAFETENSORS = Pattern.compile(".+\\.(safetensors|json|jinja|model)");
    private static final Pattern OF_ONNX = Pattern.compile(".+\\.(json|model|txt|jinja|onnx|onnx_data(_\\d+)?|data)");
    private static final int MOST_FILES = 1_000;

    private final LocalCatalog catalog;
    private final ModelDownloads downloads;
    private final ProgressLine progress;

    public ModelImport(LocalCatalog catalog, ModelDownloads downloads, ProgressLine progress) {
        this.catalog = catalog;
        this.downloads = downloads;
        this.progress = progress;
    }

    /**
     * Copies the model, and knows it from now on. The files of a model of the catalog may be given under its id.
     *
     * @param path of the file, one of its parts, or the folder; links are followed
     * @param id what to call it; empty for the name of the file or folder
     * @throws RbeesException INVALID_REQUEST when it is no model, CONFLICT when the id is taken, MODEL_NOT_FOUND when there is
     *     nothing, STORAGE_UNAVAILABLE when it cannot be copied
     */
    public ModelEntry take(Path path, Optional<String> id) {
        try {
            Path source = path.toAbsolutePath().normalize();
            if (!Files.exists(source)) {
                throw new NoSuchFileException(source.toString());
            }
            String name = id.orElseGet(() -> nameOf(source));
            Ids.require("id", name);
            Optional<CatalogModel> known = catalog.all().find(name);
            if (known.isPresent() && (catalog.isOwn(name) || known.get().digests().isEmpty())) {
                throw taken(name, "");
            }
            CatalogModel model = describe(source, name);
            if (known.isPresent()) {
                return ofTheCatalog(known.get(), model);
            }
            ModelEntry entry = downloads.bring(model);
            catalog.put(model);
            return entry;
        } catch (NoSuchFileException e) {
            throw new RbeesException(ErrorCode.MODEL_NOT_FOUND, "there is no " + Printable.text(e.getFile()), e);
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.INVALID_REQUEST, "cannot import " + Printable.text(path.toString()) + ": "
                    + e.getMessage(), e);
        }
    }

    /** The catalog's model, from these files when they are its files. */
    private ModelEntry ofTheCatalog(CatalogModel known, CatalogModel here) {
        if (!known.digests().equals(here.digests())) {
            throw taken(known.id(), ", whose files are others");
        }
        return downloads.bring(known.from(here.sources()));
    }

    private static RbeesException taken(String name, String which) {
        return new RbeesException(ErrorCode.CONFLICT, "there is a model '" + name + "' already" + which
                + "; call this one something else with --id");
    }

    /** The name without what is no part of an id. */
    static String nameOf(Path path) {
        String name = String.valueOf(path.getFileName());
        String plain = PartName.of(name).map(PartName::stem).orElseGet(() -> name.replaceFirst("\\.gguf$", ""));
        return idOf(plain);
    }

    /** A text as an id: without what no id has, and no longer than one. */
    static String idOf(String text) {
        String id = text.replaceAll("[^A-Za-z0-9._-]+", "-").replaceFirst("^[^A-Za-z0-9]+", "");
        return id.substring(0, Math.min(64, id.length()));
    }

    private CatalogModel describe(Path source, String id) throws IOException {
        boolean folder = Files.isDirectory(source);
        List<Path> ggufs = folder ? named(source, ".+\\.gguf") : List.of(source);
        List<Path> files = ggufs.isEmpty() ? ofFolder(source) : parts(ggufs);
        for (Path file : files) {
            requireFetched(file);
        }
        boolean plain = files.stream().anyMatch(file -> file.toString().endsWith(".safetensors"));
        ModelFacts facts = ggufs.isEmpty()
                ? ModelFacts.ofFolder(source, plain ? "safetensors" : "onnx")
                : ModelFacts.ofGguf(files.getFirst());
        Path origin = folder ? source : files.getFirst();
        List<String> sources = List.of(new ModelRef.Local(origin.toString()).toString());
        List<ModelFile> read = digested(folder ? source : RbeesHome.folderOf(source), files);
        return new CatalogModel(id, facts.name() == null ? id : facts.name(), facts.format(), facts.architecture(),
                facts.quantization(), read, facts.licence(), facts.contextLength(), sources)
                // why: nobody but the file itself says that it is the right one
                .with(read, sources, DigestOrigin.FIRST_DOWNLOAD);
    }

    private List<ModelFile> digested(Path folder, List<Path> files) throws IOException {
        List<ModelFile> digested = new ArrayList<>();
        for (Path file : files) {
            String name = folder.relativize(file).toString().replace('\\', '/');
            long size = Files.size(file);
            progress.begin("reading " + name, 0, Math.max(1, size));
            try {
                digested.add(new ModelFile(name, size, Sha256.of(file, progress::at)));
            } finally {
                progress.end();
            }
        }
        return digested;
    }

    private static void requireFetched(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            Optional<Substitute> substitute = Substitute.of(channel);
            if (substitute.isPresent() || channel.size() == 0) {
                throw new IOException(file.getFileName() + " " + substitute.map(Substitute::sentence).orElse("is empty"));
            }
        }
    }

    /** The parts of one file, in order. */
    private static List<Path> parts(List<Path> ggufs) throws IOException {
        Optional<PartName> part = PartName.of(String.valueOf(ggufs.getFirst().getFileName()));
        if (part.isEmpty() && ggufs.size() > 1) {
            throw new IOException("the folder has several GGUF files; name one of them: " + String.join(", ",
                    ggufs.stream().map(file -> String.valueOf(file.getFileName())).toList()));
        }
        if (part.isEmpty()) {
            return ggufs;
        }
        if (part.get().parts() > MOST_FILES) {
            throw new IOException("its name tells of more than " + MOST_FILES + " parts");
        }
        List<Path> parts = part.get().all().stream().map(ggufs.getFirst()::resolveSibling).toList();
        for (Path file : parts) {
            if (!Files.isRegularFile(file)) {
                throw new IOException("a part is missing: " + file.getFileName());
            }
        }
        return parts;
    }

    private static List<Path> ofFolder(Path folder) throws IOException {
        if (!named(folder, ".+\\.safetensors").isEmpty()) {
            return named(folder, OF_SAFETENSORS.pattern());
        }
        List<Path> files = new ArrayList<>(named(folder, OF_ONNX.pattern()));
        Path onnx = folder.resolve("onnx");
        if (Files.isDirectory(onnx)) {
            files.addAll(named(onnx, OF_ONNX.pattern()));
        }
        if (files.stream().noneMatch(file -> file.toString().endsWith(".onnx"))) {
            throw new IOException("the folder has no .gguf, .safetensors or .onnx file");
        }
        return files;
    }

    /** why: a link counts as the file that it leads to, because the caches of other tools are made of links. */
    private static List<Path> named(Path folder, String pattern) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(file -> String.valueOf(file.getFileName()).matches(pattern))
                    .filter(Files::isRegularFile).sorted().limit(MOST_FILES + 1L).toList();
            if (found.size() > MOST_FILES) {
                throw new IOException("the folder has more than " + MOST_FILES + " files");
            }
            return found;
        }
    }
}

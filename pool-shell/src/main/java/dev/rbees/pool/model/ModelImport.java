package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.cli.Printable;
import dev.rbees.home.Sha256;

/** Takes over a model that somebody has already: a GGUF file, the parts of one, or a folder of safetensors or ONNX files. */
public final class ModelImport {

    private static final Pattern PART = Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})\\.gguf");
    /** why: what a worker reads of such a folder, so that both find the same digest. */
    private static final Pattern OF_SAFETENSORS = Pattern.compile(".+\\.(safetensors|json|jinja|model)");
    private static final Pattern OF_ONNX = Pattern.compile(".+\\.(json|model|txt|jinja|onnx|onnx_data(_\\d+)?|data)");
    private static final int MOST_FILES = 1_000;

    private final LocalCatalog catalog;
    private final ModelDownloads downloads;

    public ModelImport(LocalCatalog catalog, ModelDownloads downloads) {
        this.catalog = catalog;
        this.downloads = downloads;
    }

    /**
     * Copies the model, and knows it from now on.
     *
     * @param path of the file, the first part, or the folder
     * @param id what to call it; empty for the name of the file or folder
     * @throws RbeesException INVALID_REQUEST when it is no model, CONFLICT when the id is taken, MODEL_NOT_FOUND when there is
     *     nothing, STORAGE_UNAVAILABLE when it cannot be copied
     */
    public ModelEntry take(Path path, Optional<String> id) {
        try {
            Path source = path.toRealPath();
            String name = id.orElseGet(() -> nameOf(path.toAbsolutePath().normalize()));
            Ids.require("id", name);
            if (catalog.all().find(name).isPresent()) {
                throw new RbeesException(ErrorCode.CONFLICT, "there is a model '" + name
                        + "' already; call this one something else with --id");
            }
            CatalogModel model = describe(source, name);
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

    /** The name without what is no part of an id. */
    private static String nameOf(Path path) {
        String name = String.valueOf(path.getFileName());
        Matcher part = PART.matcher(name);
        String plain = part.matches() ? part.group(1) : name.replaceFirst("\\.gguf$", "");
        String id = plain.replaceAll("[^A-Za-z0-9._-]+", "-").replaceFirst("^[^A-Za-z0-9]+", "");
        return id.substring(0, Math.min(64, id.length()));
    }

    private static CatalogModel describe(Path source, String id) throws IOException {
        boolean folder = Files.isDirectory(source);
        List<Path> ggufs = folder ? named(source, ".+\\.gguf") : List.of(source);
        List<Path> files;
        ModelFacts facts;
        if (!ggufs.isEmpty()) {
            files = parts(ggufs);
            facts = ModelFacts.ofGguf(files.getFirst());
        } else {
            files = ofFolder(source);
            boolean plain = files.stream().anyMatch(file -> file.toString().endsWith(".safetensors"));
            facts = ModelFacts.ofFolder(source, plain ? "safetensors" : "onnx");
        }
        Path base = folder ? source : source.resolveSibling("");
        List<ModelFile> described = new ArrayList<>();
        for (Path file : files) {
            ModelFacts.requireWeights(file);
            String name = base.relativize(file).toString().replace('\\', '/');
            described.add(new ModelFile(name, Files.size(file), Sha256.of(file)));
        }
        Path origin = folder ? source : files.getFirst();
        return new CatalogModel(id, facts.name() == null ? id : facts.name(), facts.format(), facts.architecture(),
                facts.quantization(), described, facts.licence(), facts.contextLength(),
                List.of(new ModelRef.Local(origin.toString()).toString()));
    }

    /** The parts of one file, in order. */
    private static List<Path> parts(List<Path> ggufs) throws IOException {
        Matcher part = PART.matcher(String.valueOf(ggufs.getFirst().getFileName()));
        if (!part.matches()) {
            if (ggufs.size() > 1) {
                throw new IOException("the folder has several GGUF files; name one of them: " + String.join(", ",
                        ggufs.stream().map(file -> String.valueOf(file.getFileName())).toList()));
            }
            return ggufs;
        }
        int count = Integer.parseInt(part.group(3));
        if (count < 1 || count > MOST_FILES) {
            throw new IOException("its name tells of " + count + " parts");
        }
        List<Path> parts = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            Path file = ggufs.getFirst().resolveSibling("%s-%05d-of-%05d.gguf".formatted(part.group(1), i, count));
            if (!Files.isRegularFile(file)) {
                throw new IOException("part " + i + " of " + count + " is missing: " + file.getFileName());
            }
            parts.add(file);
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

package dev.rbees.pool.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.Catalog;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;
import dev.rbees.cli.Printable;
import dev.rbees.shell.render.ProgressLine;

/**
 * Models as people name them: an id of the catalog, {@code hf.co/org/repo}, {@code hf.co/org/repo:Q4_K_M}, the address of a file,
 * one of the forms of {@link ModelRef}, or a file or folder of this machine. What is not in the catalog yet is entered under a
 * readable id, so that it has a short name from then on.
 */
public final class ModelReferences {

    private static final Pattern COMMIT = Pattern.compile("@[0-9a-f]{40}");
    private static final Pattern GGUF = Pattern.compile(".*\\.gguf(\\.part\\d+)?", Pattern.DOTALL);

    private final LocalCatalog catalog;
    private final ModelStore store;
    private final ModelImport imports;
    private final Map<String, String> environment;
    private final Consumer<String> say;
    private final ProgressLine progress;
    private final DownloadLimits limits;

    /** @param say takes lines for people */
    public ModelReferences(LocalCatalog catalog, ModelStore store, ModelImport imports, Map<String, String> environment,
            Consumer<String> say, ProgressLine progress) {
        this(catalog, store, imports, environment, say, progress, DownloadLimits.DEFAULT);
    }

    ModelReferences(LocalCatalog catalog, ModelStore store, ModelImport imports, Map<String, String> environment,
            Consumer<String> say, ProgressLine progress, DownloadLimits limits) {
        this.catalog = catalog;
        this.store = store;
        this.imports = imports;
        this.environment = environment;
        this.say = say;
        this.progress = progress;
        this.limits = limits;
    }

    /**
     * The model that is meant, which is in the catalog afterwards. A file or folder of this machine is taken over at once; anything
     * else need not be downloaded yet.
     *
     * @throws RbeesException MODEL_NOT_FOUND when there is no such model, INVALID_REQUEST when several could be meant, FORBIDDEN
     *     when the hub wants a token, TIMEOUT when it cannot be asked
     */
    public CatalogModel resolve(String typed) {
        Optional<CatalogModel> known = known(typed);
        if (known.isPresent()) {
            return known.get();
        }
        Optional<ModelRef> source = TypedReference.source(typed);
        if (source.isPresent() && !(source.get() instanceof ModelRef.Local)) {
            return enter(typed, source.get());
        }
        Optional<Path> path = source.map(local -> Optional.of(Path.of(((ModelRef.Local) local).path())))
                .orElseGet(() -> TypedReference.path(typed));
        return path.map(this::take).orElseThrow(() -> unknown(typed));
    }

    /**
     * The same in another quantisation.
     *
     * @param quantization such as {@code Q8_0}
     * @throws RbeesException as the other; INVALID_REQUEST when the model is no repository of the hub
     */
    public CatalogModel resolve(String typed, String quantization) {
        Optional<CatalogModel> known = known(typed);
        if (known.isPresent() && quantization.equalsIgnoreCase(known.get().quantization())) {
            return known.get();
        }
        ModelRef source = known.flatMap(model -> model.refs().stream().filter(ModelReferences::isHub).findFirst())
                .or(() -> known.isPresent() ? Optional.empty() : TypedReference.source(typed)).filter(ModelReferences::isHub)
                .orElseThrow(() -> RbeesException.invalid("quant", "model_ref", "only a repository of the hub has other"
                        + " quantisations; name one: hf.co/org/repo"));
        String repository = source instanceof ModelRef.HubRepository all ? all.repository()
                : ((ModelRef.HuggingFace) source).repository();
        return resolve("hf.co/" + repository + ":" + quantization);
    }

    private static boolean isHub(ModelRef ref) {
        return ref instanceof ModelRef.HubRepository || ref instanceof ModelRef.HuggingFace;
    }

    /** The model of that id, or that was entered as this was typed; nobody is asked. */
    public Optional<CatalogModel> known(String typed) {
        if (typed.isEmpty() || typed.length() > TypedReference.LONGEST) {
            return Optional.empty();
        }
        Catalog all = catalog.all();
        String plain = TypedReference.canonical(typed);
        return all.find(typed).or(() -> all.models().stream().filter(model -> plain.equals(model.reference())).findFirst());
    }

    /**
     * The id of a model that is in the catalog.
     *
     * @throws RbeesException MODEL_NOT_FOUND when it is not, INVALID_REQUEST when it cannot be the name of one
     */
    public String requireKnown(String typed) {
        return known(typed).map(CatalogModel::id).orElseGet(() -> {
            if (Ids.isId(typed) || !TypedReference.isOne(typed)) {
                return catalog.all().require(typed).id();
            }
            throw new RbeesException(ErrorCode.MODEL_NOT_FOUND,
                    "no model of this machine came from '" + Printable.text(typed)
                            + "'; 'rbees-pool models list' lists them");
        });
    }

    private RbeesException unknown(String typed) {
        if (TypedReference.looksLikePath(typed)) {
            return new RbeesException(ErrorCode.MODEL_NOT_FOUND, "there is no " + Printable.text(typed));
        }
        if (TypedReference.isAtHub(typed)) {
            return new RbeesException(ErrorCode.INVALID_REQUEST, "'" + Printable.text(typed)
                    + "' names no repository of the hub; one is named hf.co/org/repo, or hf.co/org/repo:Q4_K_M");
        }
        if (typed.matches("[\\w.-]{1,96}/[\\w.-]{1,96}(:[\\w.-]{1,64})?")) {
            return new RbeesException(ErrorCode.MODEL_NOT_FOUND, "there is no file '" + typed
                    + "'; a repository of the hub is named hf.co/" + typed);
        }
        catalog.all().require(typed);
        throw new IllegalStateException("a model of the catalog is known");
    }

    private CatalogModel take(Path path) {
        String source = new ModelRef.Local(path.toAbsolutePath().normalize().toString()).toString();
        Optional<CatalogModel> taken = catalog.all().models().stream().filter(model -> model.sources().contains(source))
                .findFirst();
        if (taken.isPresent()) {
            requireUnchanged(path, taken.get());
            return taken.get();
        }
        String name = ModelImport.nameOf(path);
        Catalog all = catalog.all();
        String id = Stream.iterate(1, number -> number + 1).map(number -> number == 1 ? name : name + "-" + number)
                .filter(free -> all.find(free).isEmpty()).findFirst().orElse(name);
        imports.take(path, Optional.of(id));
        say.accept(Printable.text(path.toString()) + " is model " + id + " from now on");
        return catalog.all().require(id);
    }

    /** why: what is run is the copy, and whoever names a file means what is in it now. */
    private void requireUnchanged(Path path, CatalogModel model) {
        if (Files.isRegularFile(path) && store.isOlderThan(path, model)) {
            throw new RbeesException(ErrorCode.CONFLICT,
                    Printable.text(path.toString()) + " has changed since it was taken over as '"
                            + model.id() + "'; for what it is now, delete that first: rbees-pool models delete "
                            + model.id());
        }
    }

    /**
     * One file is a model only when it is GGUF; other models are folders.
     *
     * @throws RbeesException INVALID_REQUEST when the source is one file of such a folder
     */
    static void requireWhole(ModelRef source) {
        String file = switch (source) {
            case ModelRef.HuggingFace hub -> hub.file();
            case ModelRef.Web web -> web.address().getPath();
            case ModelRef.PythonPackage wheel -> wheel.member();
            case ModelRef.PythonParts parts -> parts.parts().getFirst().member();
            case ModelRef.MavenArtifact jar -> jar.member();
            case ModelRef.HubRepository _,ModelRef.PythonProject _,ModelRef.Ollama _,ModelRef.Local _ -> ".gguf";
        };
        if (!GGUF.matcher(file).matches()) {
            String instead = source instanceof ModelRef.HuggingFace hub ? "; name its repository: hf.co/" + hub.repository()
                    : "";
            throw RbeesException.invalid("source", "model_ref",
                    Printable.text(file) + " is no .gguf file, which alone is a whole model" + instead);
        }
    }

    private CatalogModel enter(String typed, ModelRef source) {
        requireWhole(source);
        CatalogModel described = describe(new CatalogModel("draft", typed, "gguf", null, null, List.of(), null, null,
                List.of(source.toString())).as("draft", typed, typed));
        Optional<CatalogModel> there = catalog.all().models().stream().filter(model -> isSame(model, described)).findFirst();
        if (there.isPresent()) {
            return there.get();
        }
        String name = name(source, described);
        CatalogModel model = described.as(freeId(name, source), name, source.toString());
        catalog.put(model);
        say.accept(Printable.text(typed) + " is model " + model.id() + " from now on");
        return model;
    }

    /** Whether both are the same files of the same place, be it at another commit. */
    private static boolean isSame(CatalogModel known, CatalogModel described) {
        String place = COMMIT.matcher(described.refs().getFirst().toString()).replaceFirst("");
        return known.refs().stream().anyMatch(source -> COMMIT.matcher(source.toString()).replaceFirst("").equals(place))
                && known.files().stream().map(ModelFile::name).toList()
                        .equals(described.files().stream().map(ModelFile::name).toList());
    }

    private CatalogModel describe(CatalogModel draft) {
        try (Sources sources = new Sources(environment, limits, say, progress)) {
            return sources.describe(draft);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RbeesException(ErrorCode.CANCELLED, "the question was interrupted", e);
        }
    }

    /** The file's name, or the repository's where the model is a folder. */
    private static String name(ModelRef source, CatalogModel described) {
        if (described.format().equals("gguf") || !(source instanceof ModelRef.HubRepository repository)) {
            return ModelImport.nameOf(Path.of(described.files().getFirst().name()));
        }
        return ModelImport.nameOf(Path.of(repository.repository().replaceFirst("^.*/", "")));
    }

    private String freeId(String name, ModelRef source) {
        Catalog all = catalog.all();
        String owner = switch (source) {
            case ModelRef.HubRepository hub -> hub.repository();
            case ModelRef.HuggingFace file -> file.repository();
            case ModelRef.Web web -> web.address().getHost();
            default -> "other";
        };
        String longer = ModelImport.idOf(owner.replaceFirst("/.*$", "") + "-" + name);
        for (String id : List.of(name, longer)) {
            if (all.find(id).isEmpty()) {
                return id;
            }
        }
        throw new RbeesException(ErrorCode.CONFLICT, "there are models '" + name + "' and '" + longer
                + "' already; enter this one under another id: rbees-pool models register <id> --source " + source);
    }
}

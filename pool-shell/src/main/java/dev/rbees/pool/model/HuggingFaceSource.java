package dev.rbees.pool.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.DigestOrigin;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;
import dev.rbees.api.model.PartName;
import dev.rbees.pool.model.HubListing.HubFile;

/**
 * Files of a Hugging Face repository. The cache of the hub's own tools is looked into first; the token is sent to the hub and to
 * no other host.
 */
final class HuggingFaceSource implements ModelSource {

    private final ModelRef.HuggingFace ref;
    private final @Nullable String quantization;
    private final boolean whole;
    private final Hub hub;
    private final HubClient client;
    private final ResumableDownload download;
    private final LocalCopy copies;
    private final HubCache cache;

    private HuggingFaceSource(ModelRef.HuggingFace ref, boolean whole, @Nullable String quantization, Hub hub,
            HubClient client, ResumableDownload download, LocalCopy copies) {
        this.ref = ref;
        this.whole = whole;
        this.quantization = quantization;
        this.hub = hub;
        this.client = client;
        this.download = download;
        this.copies = copies;
        this.cache = new HubCache(hub.cache());
    }

    static HuggingFaceSource of(ModelRef.HuggingFace ref, Hub hub, HubClient client, ResumableDownload download,
            LocalCopy copies) {
        return new HuggingFaceSource(ref, false, null, hub, client, download, copies);
    }

    /** Whatever the repository has of the quantisation. */
    static HuggingFaceSource of(ModelRef.HubRepository ref, Hub hub, HubClient client, ResumableDownload download,
            LocalCopy copies) {
        return new HuggingFaceSource(new ModelRef.HuggingFace(ref.repository(), ref.revision(), "/"), true,
                ref.quantization(), hub, client, download, copies);
    }

    @Override
    public String name() {
        return hub.name();
    }

    @Override
    public CatalogModel describe(CatalogModel model) throws SourceException, InterruptedException {
        HubListing listing = listing();
        return whole ? choose(model, listing) : find(model, listing);
    }

    private HubListing listing() throws SourceException, InterruptedException {
        try {
            return client.list(ref.repository(), ref.revision());
        } catch (SourceException e) {
            boolean away = e.getCause() instanceof BrokenTransfer;
            return (away ? cache.list(ref.repository(), ref.revision()) : Optional.<HubListing>empty()).orElseThrow(() -> e);
        }
    }

    private CatalogModel choose(CatalogModel model, HubListing listing) throws SourceException {
        // why: a format that somebody only supposed must not hide what is there
        HubChoice choice = HubChoice.of(listing, quantization, model.format().equals("gguf") ? null : model.format());
        CatalogModel found = model.found(choice.format(), or(model.architecture(), listing.architecture()),
                choice.quantization() == null ? model.quantization() : choice.quantization(),
                or(model.licence(), listing.licence()), or(model.contextLength(), listing.contextLength()));
        return pinned(found, listing, choice.folder(), choice.files());
    }

    /** Exactly the files that are named; of a file in parts all of them. */
    private CatalogModel find(CatalogModel model, HubListing listing) throws SourceException {
        List<String> paths = !model.files().isEmpty()
                ? model.files().stream().map(ref::pathOf).toList()
                : PartName.of(ref.file()).map(PartName::all).orElse(List.of(ref.file()));
        List<HubFile> files = new ArrayList<>();
        for (String path : paths) {
            files.add(listing.files().stream().filter(file -> file.path().equals(path)).findFirst()
                    .orElseThrow(() -> hub.refusal(404, "EntryNotFound", ref.repository())));
        }
        CatalogModel found = model.found(model.format(), or(model.architecture(), listing.architecture()),
                or(model.quantization(), Quantization.of(ref.file()).orElse(null)), or(model.licence(), listing.licence()),
                or(model.contextLength(), listing.contextLength()));
        String folder = ref.file().endsWith("/") ? ref.file() : files.getFirst().folder();
        return pinned(found, listing, folder, files);
    }

    private static CatalogModel pinned(CatalogModel model, HubListing listing, String folder, List<HubFile> files) {
        String path = files.size() == 1 ? files.getFirst().path() : folder;
        String source = path.isEmpty()
                ? new ModelRef.HubRepository(listing.repository(), listing.commit(), null).toString()
                : new ModelRef.HuggingFace(listing.repository(), listing.commit(), path).toString();
        return model.with(files.stream().map(file -> file(file, file.path().substring(folder.length()))).toList(),
                List.of(source), DigestOrigin.SOURCE);
    }

    private static ModelFile file(HubFile file, String name) {
        return new ModelFile(name, file.size(), file.sha256(), file.gitBlob(), List.of());
    }

    private static <T> @Nullable T or(@Nullable T first, @Nullable T second) {
        return first == null ? second : first;
    }

    @Override
    public Path fetch(CatalogModel model, ModelFile file, Path staging) throws SourceException, InterruptedException {
        String path = whole ? file.name() : ref.pathOf(file);
        Optional<Path> cached = fromCache(model, file, path, staging);
        if (cached.isPresent()) {
            return cached.get();
        }
        Path part = staging.resolve("hf-" + file.name().replace("/", "--") + ".part");
        Wanted wanted = new Wanted(model.id(),
                hub.address("/" + ref.repository() + "/resolve/" + ref.revision() + "/" + path), hub.headers(),
                file.sizeBytes() == null ? Wanted.UNKNOWN : file.sizeBytes(), Checksum.of(file));
        try {
            download.fetch(wanted, part, 0);
        } catch (SourceException e) {
            throw e.status() == 0 ? e : hub.refusal(e.status(), e.detail(), ref.repository());
        }
        return part;
    }

    private Optional<Path> fromCache(CatalogModel model, ModelFile file, String path, Path staging) {
        Optional<Path> found = Checksum.of(file).equals(Checksum.NONE) ? Optional.empty()
                : cache.find(ref.repository(), ref.revision(), path, file);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Path copy = staging.resolve("hf-cache-" + file.name().replace("/", "--"));
        try {
            copies.take(found.get(), copy, model.id(), file, "it is damaged");
            return Optional.of(copy);
        } catch (SourceException _) {
            return Optional.empty(); // the hub has the right one
        }
    }
}

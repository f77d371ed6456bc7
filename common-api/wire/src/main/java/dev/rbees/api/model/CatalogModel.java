package dev.rbees.api.model;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.Ids;
import dev.rbees.api.error.RbeesException;

/**
 * A model that can be had by its id. Where sizes and digests of its files are known, every source gives the same bytes; where
 * not, the first download finds them out.
 *
 * @param id what commands and requests call it
 * @param name for people
 * @param format {@code gguf}, {@code safetensors} or {@code onnx}
 * @param architecture {@code llama} and the like, null when nobody knows
 * @param quantization the weights' main encoding, null when nobody knows
 * @param files empty when its source has to be asked which they are
 * @param licence SPDX id, null when nobody knows
 * @param contextLength positions the model was made for, null when nobody knows
 * @param sources where it can be had, in the order to try; empty where every file has its own
 * @param approximateBytes of all its files, where their sizes are not known; null when nobody knows
 * @param memoryBytes that a worker takes for it with a context of a few thousand tokens, about; null when nobody knows
 * @param digestOrigin who says the files' digests; null for the catalog
 * @param reference how somebody typed it, null when it came in another way
 */
public record CatalogModel(String id, String name, String format, @Nullable String architecture,
        @Nullable String quantization, List<ModelFile> files, @Nullable String licence, @Nullable Integer contextLength,
        List<String> sources, @Nullable Long approximateBytes, @Nullable Long memoryBytes,
        @Nullable DigestOrigin digestOrigin, @Nullable String reference) {

    @SuppressWarnings("NullAway") // why: a list that is left out in a file is an empty one
    public CatalogModel {
        Ids.require("id", id);
        files = files == null ? List.of() : List.copyOf(files);
        sources = sources == null ? List.of() : List.copyOf(sources);
        if (sources.isEmpty() && (files.isEmpty() || files.stream().anyMatch(file -> file.sources().isEmpty()))) {
            throw RbeesException.invalid("sources", "size", "a model has at least one source for each of its files");
        }
        sources.forEach(ModelRef::parse);
    }

    /** A model of which no more is known. */
    public CatalogModel(String id, String name, String format, @Nullable String architecture,
            @Nullable String quantization, List<ModelFile> files, @Nullable String licence,
            @Nullable Integer contextLength, List<String> sources) {
        this(id, name, format, architecture, quantization, files, licence, contextLength, sources, null, null, null, null);
    }

    /** Its own sources, or where it has none those of its files. */
    public List<ModelRef> refs() {
        Stream<String> all = sources.isEmpty()
                ? files.stream().flatMap(file -> file.sources().stream()).distinct()
                : sources.stream();
        return all.map(ModelRef::parse).toList();
    }

    /** Where one of its files can be had, in the order to try. */
    public List<ModelRef> refs(ModelFile file) {
        return (file.sources().isEmpty() ? sources : file.sources()).stream().map(ModelRef::parse).toList();
    }

    /** Whether it is known which files it has and which bytes they must have. */
    public boolean exact() {
        return !files.isEmpty() && files.stream().allMatch(ModelFile::exact);
    }

    /** Bytes of all its files, as far as anybody knows; 0 when nobody does. */
    public long sizeBytes() {
        boolean known = !files.isEmpty() && files.stream().allMatch(file -> file.sizeBytes() != null);
        if (!known) {
            return approximateBytes == null ? 0 : approximateBytes;
        }
        return files.stream().map(ModelFile::sizeBytes).mapToLong(size -> size == null ? 0 : size).sum();
    }

    /** The digests of its files, hex, by their names; empty when one is not known. */
    public Optional<SortedMap<String, String>> digests() {
        SortedMap<String, String> digests = new TreeMap<>();
        for (ModelFile file : files) {
            if (file.sha256() == null) {
                return Optional.empty();
            }
            digests.put(file.name(), file.sha256());
        }
        return digests.isEmpty() ? Optional.empty() : Optional.of(digests);
    }

    /** Whether it makes text; otherwise it makes embeddings. */
    public boolean generates() {
        return !"bert".equals(architecture);
    }

    /** The same model with other files and sources. */
    public CatalogModel with(List<ModelFile> other, List<String> from, DigestOrigin origin) {
        return new CatalogModel(id, name, format, architecture, quantization, other, licence, contextLength, from,
                approximateBytes, memoryBytes, origin, reference);
    }

    /** The same model, of which more is known. */
    public CatalogModel found(String itsFormat, @Nullable String itsArchitecture, @Nullable String itsQuantization,
            @Nullable String itsLicence, @Nullable Integer itsContextLength) {
        return new CatalogModel(id, name, itsFormat, itsArchitecture, itsQuantization, files, itsLicence, itsContextLength,
                sources, approximateBytes, memoryBytes, digestOrigin, reference);
    }

    /** The same model under an id, as somebody typed it. */
    public CatalogModel as(String otherId, String otherName, @Nullable String typed) {
        return new CatalogModel(otherId, otherName, format, architecture, quantization, files, licence, contextLength,
                sources, approximateBytes, memoryBytes, digestOrigin, typed);
    }

    /** The same model from other sources alone. */
    public CatalogModel from(List<String> others) {
        return sourced(others, _ -> List.of());
    }

    /** The same model from those of its sources alone that begin so. */
    public CatalogModel fromKind(String kind) {
        return sourced(ofKind(sources, kind), file -> ofKind(file.sources(), kind));
    }

    private static List<String> ofKind(List<String> all, String kind) {
        return all.stream().filter(source -> source.startsWith(kind + ":")).toList();
    }

    private CatalogModel sourced(List<String> others, Function<ModelFile, List<String>> ofFile) {
        List<ModelFile> from = files.stream().map(file -> new ModelFile(file.name(), file.sizeBytes(), file.sha256(),
                file.gitBlob(), ofFile.apply(file))).toList();
        return new CatalogModel(id, name, format, architecture, quantization, from, licence, contextLength, others,
                approximateBytes, memoryBytes, digestOrigin, reference);
    }
}

package dev.rbees.pool.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.model.PartName;
import dev.rbees.pool.model.HubListing.HubFile;

/**
 * Which files of a repository are the model that is meant.
 *
 * @param format {@code gguf}, {@code safetensors} or {@code onnx}
 * @param quantization null when the names do not tell
 * @param folder that the files' names are below, with a slash at the end; empty for the root
 * @param files the weights first
 */
record HubChoice(String format, @Nullable String quantization, String folder, List<HubFile> files) {

    private static final Pattern NO_WEIGHTS = Pattern.compile("(?i)(.*/)?(mmproj|.*imatrix|.*-vocab\\.).*");
    private static final Pattern OTHER_WEIGHTS = Pattern.compile("(consolidated|adapter)\\b.*");
    private static final Pattern GRAPH = Pattern.compile("(onnx/)?[^/]+\\.onnx");
    private static final List<String> USUAL_GRAPHS = List.of("model.onnx", "onnx/model.onnx", "decoder_model_merged.onnx",
            "onnx/decoder_model_merged.onnx");
    private static final int MOST_NAMED = 30;

    /**
     * Chooses.
     *
     * @param wanted quantisation, or the name of a file; null for the usual one
     * @param format null for the first that there is of GGUF, safetensors, ONNX; for embeddings ONNX comes before safetensors
     * @throws SourceException when nothing fits, or several do; it lists what there is
     */
    static HubChoice of(HubListing listing, @Nullable String wanted, @Nullable String format) throws SourceException {
        boolean anyGguf = listing.files().stream().anyMatch(HubChoice::isGguf);
        boolean anyPlain = listing.files().stream().anyMatch(file -> file.path().matches("[^/]+\\.safetensors"));
        boolean anyGraph = listing.files().stream().anyMatch(file -> GRAPH.matcher(file.path()).matches());
        boolean graphFirst = "onnx".equals(format) || (format == null && listing.embeds());
        if (anyGguf && !"onnx".equals(format) && !"safetensors".equals(format)) {
            return gguf(listing, wanted);
        }
        if (anyGraph && (graphFirst || !anyPlain || wanted != null)) {
            return onnx(listing, wanted);
        }
        if (anyPlain && wanted == null) {
            return safetensors(listing);
        }
        throw none(listing, wanted == null
                ? "has no .gguf, .safetensors or .onnx file"
                : "has no quantisation '" + wanted + "': its weights are safetensors; leave ':" + wanted + "' out",
                List.of());
    }

    private static boolean isGguf(HubFile file) {
        return file.path().endsWith(".gguf") && !NO_WEIGHTS.matcher(file.path()).matches();
    }

    private static HubChoice gguf(HubListing listing, @Nullable String wanted) throws SourceException {
        Map<String, List<HubFile>> models = listing.files().stream().filter(HubChoice::isGguf)
                .collect(Collectors.groupingBy(file -> PartName.of(file.path()).map(PartName::stem).orElse(file.path()),
                        TreeMap::new, Collectors.toList()));
        List<String> labels = models.values().stream().map(files -> label(files.getFirst())).toList();
        List<List<HubFile>> fitting = wanted == null ? usual(models.values().stream().toList())
                : models.values().stream().filter(files -> means(wanted, files.getFirst())).toList();
        if (fitting.isEmpty()) {
            throw none(listing, wanted == null ? "has several models, none of a usual quantisation; say which"
                    : "has no file of the quantisation '" + wanted + "'", labels);
        }
        if (fitting.size() > 1) {
            throw new SourceException(ErrorCode.INVALID_REQUEST, listing.repository() + " has several such files; name one: "
                    + named(fitting.stream().map(files -> "hf:" + listing.repository() + "::" + files.getFirst().path())
                            .toList()));
        }
        List<HubFile> files = complete(listing, fitting.getFirst());
        return new HubChoice("gguf", Quantization.of(files.getFirst().path()).orElse(null), files.getFirst().folder(),
                files);
    }

    private static String label(HubFile file) {
        return Quantization.of(file.path()).orElse(file.name());
    }

    private static boolean means(String wanted, HubFile file) {
        return Quantization.means(wanted, label(file)) || wanted.equalsIgnoreCase(file.name())
                || (wanted + "/").equalsIgnoreCase(file.folder());
    }

    private static List<List<HubFile>> usual(List<List<HubFile>> models) {
        return models.size() == 1
                ? models
                : Quantization.PREFERRED.stream()
                        .map(label -> models.stream().filter(files -> label(files.getFirst()).equals(label)).toList())
                        .filter(Predicate.not(List::isEmpty)).findFirst().orElse(List.of());
    }

    private static List<HubFile> complete(HubListing listing, List<HubFile> files) throws SourceException {
        Optional<PartName> first = PartName.of(files.getFirst().path());
        if (first.isEmpty()) {
            return files;
        }
        List<HubFile> parts = files.stream().sorted((a, b) -> a.path().compareTo(b.path())).toList();
        if (first.get().parts() != parts.size()
                || !first.get().all().equals(parts.stream().map(HubFile::path).toList())) {
            throw none(listing, "lacks parts of " + first.get().stem(), List.of());
        }
        return parts;
    }

    private static HubChoice onnx(HubListing listing, @Nullable String wanted) throws SourceException {
        List<HubFile> graphs = listing.files().stream().filter(file -> GRAPH.matcher(file.path()).matches()).toList();
        List<HubFile> fitting = wanted == null
                ? USUAL_GRAPHS.stream().flatMap(name -> graphs.stream().filter(file -> file.path().equals(name))).limit(1)
                        .toList()
                : graphs.stream().filter(file -> meansGraph(wanted, file)).toList();
        if (fitting.isEmpty() && wanted == null && graphs.size() == 1) {
            fitting = graphs;
        }
        if (fitting.size() != 1) {
            throw none(listing, wanted == null ? "has several graphs; say which" : "has no single graph '" + wanted + "'",
                    graphs.stream().map(HubFile::name).toList());
        }
        HubFile graph = fitting.getFirst();
        Pattern data = Pattern.compile(Pattern.quote(graph.path()) + "[._]data(_\\d+)?");
        List<HubFile> files = new ArrayList<>(List.of(graph));
        listing.files().stream().filter(file -> data.matcher(file.path()).matches()
                || file.path().matches("[^/]+\\.(json|model|txt|jinja)|1_Pooling/config\\.json")).forEach(files::add);
        return new HubChoice("onnx", wanted == null ? null : wanted.toUpperCase(Locale.ROOT), "", files);
    }

    private static boolean meansGraph(String wanted, HubFile graph) {
        return graph.name().equalsIgnoreCase(wanted)
                || graph.name().toLowerCase(Locale.ROOT).endsWith("_" + wanted.toLowerCase(Locale.ROOT) + ".onnx");
    }

    private static HubChoice safetensors(HubListing listing) {
        List<HubFile> files = listing.files().stream()
                .filter(file -> file.path().matches("[^/]+\\.(safetensors|json|jinja|model)")).toList();
        boolean usual = files.stream().anyMatch(file -> file.path().matches("model.*\\.safetensors"));
        List<HubFile> ours = files.stream().filter(file -> !usual || !file.path().endsWith(".safetensors")
                || !OTHER_WEIGHTS.matcher(file.path()).matches()).toList();
        return new HubChoice("safetensors", null, "", ours);
    }

    private static SourceException none(HubListing listing, String what, List<String> there) {
        return new SourceException(ErrorCode.MODEL_NOT_FOUND, listing.repository() + " " + what
                + (there.isEmpty() ? "" : "; it has " + named(there)));
    }

    private static String named(List<String> all) {
        return String.join(", ", all.stream().distinct().limit(MOST_NAMED).toList())
                + (all.stream().distinct().count() > MOST_NAMED ? ", …" : "");
    }
}

package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

import dev.rbees.api.Ids;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.error.Suggestion;
import dev.rbees.api.model.PartName;
import dev.rbees.api.worker.Backend;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.home.ApiToken;
import dev.rbees.home.CaFile;
import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;
import dev.rbees.service.Access;
import dev.rbees.service.ConnectionLimits;
import dev.rbees.service.Daemon;
import dev.rbees.worker.graph.ImportOptions;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.model.ModelFile;

/**
 * How this worker was started.
 *
 * @param workerId unique id
 * @param drawnId whether that id was drawn here, so that another one may take its place; else somebody chose it
 * @param model file or folder of the model
 * @param modelDigest hex SHA-256 that it must have, empty for any
 * @param weights which are taken of a folder that has several kinds, empty for what suits the model
 * @param importOptions how its weights are packed
 * @param modelId what requests call it
 * @param bind address to listen on
 * @param advertiseHost where the orchestrator is to look for it, empty for the address that it sees the orchestrator from
 * @param token that it asks for and shows to the orchestrator; empty for none
 * @param trust by which orchestrators are trusted over TLS, empty for the system's
 * @param port to listen on
 * @param backend what it computes on
 * @param gpuDevice which card of several, from 0; only for CUDA
 * @param memoryBytes of its device's memory that it may take at most, all of them its own; empty for what is free
 * @param slots requests at a time, empty for as many as memory allows
 * @param threads that one run of the model uses
 * @param contextLength positions per slot, empty for as many as the model was made for and memory allows
 * @param orchestrators base addresses of those to register with, of which any serves; empty for nowhere
 * @param connections how many it holds, and for how long it waits for their clients
 * @param home folder of all state
 */
public record WorkerSettings(String workerId, boolean drawnId, Path model,
        Optional<String> modelDigest, Optional<Weights> weights, ImportOptions importOptions, String modelId,
        String bind, Optional<String> advertiseHost, Optional<ApiToken> token, Optional<SSLContext> trust, int port,
        Backend backend, int gpuDevice,
        Optional<Long> memoryBytes, Optional<Integer> slots, int threads,
        Optional<Integer> contextLength, List<URI> orchestrators, ConnectionLimits connections,
        RbeesHome home) implements Daemon.Listening {

    private static final int DEFAULT_PORT = 8001;
    private static final int MAX_PORT = 65535;
    private static final int MAX_SLOTS = 256;
    private static final int MAX_GPU = 255;
    private static final String SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int RANDOM_SIGNS = 6;
    private static final RandomGenerator RANDOM = new SecureRandom();

    /** What a folder may have a model's weights as. */
    public enum Weights {
        SAFETENSORS,
        ONNX
    }

    /** What the program takes. */
    public static final CommandSpec SPEC = new CommandSpec("", "Runs one model and answers requests over HTTP.", List.of(),
            List.of(OptionSpec.required("model", "path",
                    "the model's GGUF file, or its folder with safetensors or an ONNX graph"),
                    OptionSpec.optional("model-id", "id", "what requests call the model (default: the file's name)"),
                    OptionSpec.optional("worker-id", "id",
                            "unique id of this worker (default: worker-<backend>-<6 random signs>)"),
                    OptionSpec.optional("backend", "name",
                            "what to compute on: cpu, cuda, coreml (or metal), webgpu (default: cpu)"),
                    OptionSpec.optional("gpu-device", "number", "which card, for cuda (default: 0)"),
                    OptionSpec.optional("port", "number", "port to listen on (default: " + DEFAULT_PORT + ")"),
                    OptionSpec.optional("bind", "address",
                            "address to listen on (default: 127.0.0.1); another one needs a token"),
                    OptionSpec.optional("advertise-host", "name",
                            "where the orchestrator is to look for it (default: the address on the way to the orchestrator)"),
                    OptionSpec.optional("token-file", "path",
                            "token that it asks for and shows to the orchestrator (default: RBEES_API_TOKEN_FILE, else none)"),
                    OptionSpec.optional("ca-file", "path",
                            "certificates in PEM that may vouch for the orchestrator beside the system's (default: RBEES_CA_FILE)"),
                    OptionSpec.optional("orchestrator-url", "urls",
                            "orchestrator to register with; several of a cluster with commas (default: RBEES_ORCHESTRATOR_URL, else"
                                    + " none)"),
                    OptionSpec.optional("memory", "bytes",
                            "the most memory of its device that it takes, all of which it may use (default: what is free, half of it"
                                    + " for the slots)"),
                    OptionSpec.optional("slots", "number",
                            "requests at a time (default: 4 to 16, as many as half of the free memory holds; fewer"
                                    + " where not even 4 fit)"),
                    OptionSpec.optional("threads", "number", "threads that compute (default: the machine's cores)"),
                    OptionSpec.optional("model-digest", "sha256",
                            "refuse a GGUF or safetensors model with any other SHA-256 (of several files: that of their list)"),
                    OptionSpec.optional("weights", "kind",
                            "which to take of a folder that has both: safetensors or onnx (default: safetensors where rbees can"
                                    + " import them)"),
                    OptionSpec.optional("quantize", "form",
                            "what weights stored as plain numbers become: int8, int4 or float32 (default: int8)"),
                    OptionSpec.flag("compact",
                            "keep Q4_1 and Q4_K weights in 4 bits: exact, less memory, somewhat slower"),
                    OptionSpec.optional("context-length", "number", "positions per slot (default: the model's, at most "
                            + MemoryPlan.USUAL_POSITIONS + "; less where memory is short, but not below "
                            + MemoryPlan.FEWEST_POSITIONS + ")"),
                    ConnectionLimits.MOST_OPTION, ConnectionLimits.PER_PEER_OPTION,
                    OptionSpec.flag("version", "show the version")),
            List.of("rbees-workerd --model SmolLM2-135M-Instruct.Q4_1.gguf --port 8001"));

    /** @throws UsageException when a value is wrong */
    public static WorkerSettings of(CommandLine line, Map<String, String> environment) {
        Backend backend = backend(line.option("backend", Backend.CPU.wireName()));
        Optional<ApiToken> token = line.option("token-file").map(Path::of).map(ApiToken::read)
                .or(() -> ApiToken.of(environment));
        String bind = bind(line.option("bind", "127.0.0.1"), token.isPresent());
        int port = line.integer("port", 1, MAX_PORT).orElse(DEFAULT_PORT);
        Path given = Path.of(line.option("model").orElseThrow()).toAbsolutePath().normalize();
        Path model = model(given);
        int cores = Runtime.getRuntime().availableProcessors();
        List<URI> orchestrators = line.option("orchestrator-url")
                .or(() -> Optional.ofNullable(environment.get(Environment.ORCHESTRATOR_URL)))
                .filter(urls -> !urls.isBlank()).map(WorkerSettings::orchestrators).orElse(List.of());
        return new WorkerSettings(
                id("worker-id", line.option("worker-id").orElseGet(() -> drawId(backend))),
                line.option("worker-id").isEmpty(),
                model, line.option("model-digest").map(WorkerSettings::digest),
                weights(line, model), importOptions(line),
                id("model-id", line.option("model-id").orElseGet(() -> nameOf(given))), bind,
                line.option("advertise-host"), token,
                trust(line, environment, orchestrators), port, backend,
                gpuDevice(line, backend), line.whole("memory", 1, Long.MAX_VALUE), line.integer("slots", 1, MAX_SLOTS),
                line.integer("threads", 1, 1024).orElse(cores), line.integer("context-length", 2, 1 << 21), orchestrators,
                ConnectionLimits.of(line), RbeesHome.of(environment));
    }

    /** why: two workers that were started alike on two machines must not have one id. */
    private static String drawId(Backend backend) {
        StringBuilder id = new StringBuilder("worker-" + backend.wireName() + "-");
        RANDOM.ints(RANDOM_SIGNS, 0, SIGNS.length()).forEach(i -> id.append(SIGNS.charAt(i)));
        return id.toString();
    }

    /** Another id in the place of the one that was drawn. */
    String drawAnotherId() {
        return drawId(backend);
    }

    /**
     * What is to be loaded. A link that the user names himself is followed; those that a model's folder has are not.
     *
     * <p>
     * why: not that of a graph, beside which the files of its folder are looked for; nor that of a hub's cache, where the other
     * parts lie beside the link and not beside the file.
     */
    private static Path model(Path given) {
        try {
            boolean followed = Files.isSymbolicLink(given) && !given.toString().endsWith(".onnx")
                    && !ModelFile.isHubLink(given);
            Path model = followed ? given.toRealPath() : given;
            if (Files.isDirectory(model) || Files.isRegularFile(model)) {
                return model;
            }
        } catch (IOException e) {
            throw new UsageException("--model: cannot read " + Printable.line(given.toString()));
        }
        throw new UsageException(Files.exists(given)
                ? "--model: " + Printable.line(given.toString()) + " is neither a file nor a folder"
                : "--model: there is no file or folder " + Printable.line(given.toString()));
    }

    private static Optional<Weights> weights(CommandLine line, Path model) {
        Optional<Weights> kind = line.choice("weights", Weights.class);
        if (kind.isPresent() && !Files.isDirectory(model)) {
            throw new UsageException("--weights chooses among those of a folder, and --model is a file");
        }
        return kind;
    }

    private static String digest(String text) {
        if (!text.matches("[0-9a-f]{64}")) {
            throw new UsageException(
                    "--model-digest must be a SHA-256 of 64 hex digits (got '" + Printable.text(text) + "')");
        }
        return text;
    }

    private static ImportOptions importOptions(CommandLine line) {
        String form = line.option("quantize", ImportOptions.DEFAULT.plain().optionName());
        return new ImportOptions(ImportOptions.Plain.of(form)
                .orElseThrow(() -> new UsageException("--quantize " + form + ": use int8, int4 or float32")),
                line.flag("compact"));
    }

    private static Backend backend(String word) {
        return Backend.named(word).orElseThrow(() -> {
            List<String> names = Stream.of(Backend.values()).map(Backend::wireName).toList();
            return new UsageException("--backend must be one of " + String.join(", ", names) + " (got '"
                    + Printable.text(word) + "')" + Suggestion.sentence(word, names));
        });
    }

    private static int gpuDevice(CommandLine line, Backend backend) {
        Optional<Integer> number = line.integer("gpu-device", 0, MAX_GPU);
        if (number.isPresent() && backend != Backend.CUDA) {
            throw new UsageException("--gpu-device is only for --backend cuda");
        }
        return number.orElse(0);
    }

    /** why: without a token nobody but this machine may reach the worker. */
    private static String bind(String address, boolean hasToken) {
        try {
            if (hasToken || InetAddress.getByName(address).isLoopbackAddress()) {
                return address;
            }
        } catch (UnknownHostException e) {
            throw new UsageException("--bind " + Printable.text(address) + " is no address of this machine");
        }
        throw new UsageException("--bind " + Printable.text(address) + " needs a token, so that not everybody can use this"
                + " worker: name a file with --token-file or RBEES_API_TOKEN_FILE, or use 127.0.0.1");
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when more positions were asked for than the model was made for */
    void requireContext(int trainedFor) {
        contextLength.filter(asked -> asked > trainedFor).ifPresent(asked -> {
            throw ModelFault.of("--context-length " + asked + " is more than the model was made for (" + trainedFor + ")");
        });
    }

    @Override
    public Access access() {
        return Access.byAddress(token);
    }

    /** The addresses of a list with commas, each once. */
    private static List<URI> orchestrators(String urls) {
        return Stream.of(urls.split(",", -1)).map(String::strip).map(WorkerSettings::orchestrator).distinct().toList();
    }

    private static Optional<SSLContext> trust(CommandLine line, Map<String, String> environment, List<URI> orchestrators) {
        return line.option("ca-file").or(() -> Environment.caFile(environment))
                .filter(_ -> orchestrators.stream().anyMatch(base -> "https".equals(base.getScheme())))
                .map(file -> new CaFile(file).context());
    }

    private static URI orchestrator(String url) {
        if (url.matches("https?://[^\\s/?#@]+/?")) {
            try {
                URI base = new URI(url.replaceAll("/$", ""));
                if (base.getHost() != null && base.getPort() <= MAX_PORT && base.getPort() != 0) {
                    return base;
                }
            } catch (URISyntaxException _) {
                // told below
            }
        }
        throw new UsageException("the orchestrator's URL must look like http://host:8080, several with commas between them"
                + " (got '" + Printable.text(url) + "')");
    }

    private static String id(String option, String value) {
        try {
            return Ids.require("--" + option, value);
        } catch (RbeesException e) {
            throw new UsageException(e.userMessage());
        }
    }

    /** The file's name, without the number of a part, as an id. */
    private static String nameOf(Path model) {
        String file = model.getFileName().toString();
        String name = PartName.of(file).map(PartName::stem).orElseGet(() -> file.replaceFirst("\\.(gguf|onnx)$", ""))
                .replaceAll("[^A-Za-z0-9._-]", "-");
        return name.length() <= 64 ? name : name.substring(0, 64);
    }
}

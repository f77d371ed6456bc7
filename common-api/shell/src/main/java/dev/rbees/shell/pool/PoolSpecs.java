package dev.rbees.shell.pool;

import java.util.List;

import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.shell.render.OutputFormat;

/** What each command of rbees-pool is called and takes. */
public final class PoolSpecs {

    private static final ArgumentSpec MODEL = new ArgumentSpec("id", "a model's id, as 'models list' shows it")
            .among(Candidates.MODELS);

    /** {@code models catalog}. */
    public static final CommandSpec MODELS_CATALOG = new CommandSpec("models catalog",
            "List the models that rbees knows by name", List.of(),
            List.of(OutputFormat.OPTION), List.of("rbees-pool models catalog"));

    /** {@code models list}. */
    public static final CommandSpec MODELS_LIST = new CommandSpec("models list", "List the models that are on this machine",
            List.of(),
            List.of(OutputFormat.OPTION), List.of("rbees-pool models list", "rbees-pool models list --output json"));

    /** {@code models download}. */
    public static final CommandSpec MODELS_DOWNLOAD = new CommandSpec("models download", "Download a model of the catalog",
            List.of(new ArgumentSpec("id", "a model's id, as 'models catalog' shows it").among(Candidates.KNOWN_MODELS)),
            List.of(OptionSpec.flag("force", "fetch it anew, also when it is here"), OutputFormat.OPTION),
            List.of("rbees-pool models download smollm2-135m"));

    /** {@code models show}. */
    public static final CommandSpec MODELS_SHOW = new CommandSpec("models show", "Show what is known of a model",
            List.of(MODEL), List.of(OutputFormat.OPTION), List.of("rbees-pool models show smollm2-135m --output yaml"));

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
            "Read every model on this machine and write its SHA-256 into models.lock, which workers are started by",
            List.of(), List.of(OutputFormat.OPTION), List.of("rbees-pool models lock"));

    /** {@code models delete}. */
    public static final CommandSpec MODELS_DELETE = new CommandSpec("models delete", "Delete a model's files",
            List.of(MODEL), List.of(OptionSpec.flag("yes", "do not ask")),
            List.of("rbees-pool models delete smollm2-135m --yes"));

    /** {@code models disk-usage}. */
    public static final CommandSpec MODELS_DISK_USAGE = new CommandSpec("models disk-usage",
            "Show what models, unfinished downloads and the workers' cache take of the disk", List.of(),
            List.of(OutputFormat.OPTION), List.of("rbees-pool models disk-usage"));

    /** {@code worker spawn}. */
    public static final CommandSpec WORKER_SPAWN = new CommandSpec("worker spawn",
            "Start a worker process and wait until it is ready",
            List.of(new ArgumentSpec("backend", "what it computes on: cpu, cuda, coreml (or metal), webgpu")
                    .among(Candidates.of("cpu", "cuda", "coreml", "metal", "webgpu"))),
            List.of(OptionSpec.required("model", "id", "a downloaded model").among(Candidates.MODELS),
                    OptionSpec.optional("gpu", "number", "which card, for cuda (default: 0)"),
                    OptionSpec.optional("orchestrator-url", "urls",
                            "where it registers; several of a cluster with commas (default: RBEES_ORCHESTRATOR_URL, else nowhere)"),
                    OptionSpec.optional("bind", "address",
                            "127.0.0.1, or 0.0.0.0 for an orchestrator on another machine, which needs RBEES_API_TOKEN_FILE"
                                    + " (default: 127.0.0.1)")
                            .among(Candidates.of("127.0.0.1", "0.0.0.0")),
                    OptionSpec.optional("advertise-host", "name",
                            "where the orchestrator is to look for it (default: the address on the way to the orchestrator)"),
                    OptionSpec.optional("port", "number", "port on this machine (default: the first free one from 8001)"),
                    OptionSpec.optional("slots", "number", "requests it runs at a time (default: the worker's choice)"),
                    OptionSpec.optional("threads", "number", "cores it uses (default: those no other worker has)"),
                    OptionSpec.optional("context-length", "tokens",
                            "prompt and answer together (default: the worker's choice)"),
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

    /** {@code worker stop}. */
    public static final CommandSpec WORKER_STOP = new CommandSpec("worker stop", "Stop a worker process; its log stays",
            List.of(new ArgumentSpec("id", "a worker's id, as 'worker list' shows it").among(Candidates.WORKERS)), List.of(),
            List.of("rbees-pool worker stop worker-cpu-x7k2p9"));

    /** {@code worker stop-all}. */
    public static final CommandSpec WORKER_STOP_ALL = new CommandSpec("worker stop-all",
            "Stop every worker process of this machine",
            List.of(), List.of(OptionSpec.flag("yes", "do not ask")), List.of("rbees-pool worker stop-all --yes"));

    /** {@code status}. */
    public static final CommandSpec STATUS = new CommandSpec("status",
            "Show this machine's memory, disk, devices and workers",
            List.of(), List.of(OutputFormat.OPTION), List.of("rbees-pool status", "rbees-pool status --output json"));

    /** All of them, in the order of the help. */
    public static final List<CommandSpec> ALL = List.of(MODELS_CATALOG, MODELS_LIST, MODELS_SHOW, MODELS_DOWNLOAD,
            MODELS_IMPORT, MODELS_VERIFY, MODELS_LOCK, MODELS_DELETE, MODELS_DISK_USAGE, WORKER_SPAWN,
            WORKER_LIST, WORKER_STOP, WORKER_STOP_ALL, STATUS);

    private PoolSpecs() {}
}

package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Message;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.ResponseFormat;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.SamplingParameters.Penalties;
import dev.rbees.api.task.SamplingParameters.Truncation;
import dev.rbees.api.task.Seed;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.cli.CommandLine;
import dev.rbees.thread.Liveness;
import dev.rbees.worker.generation.Engine;
import dev.rbees.worker.generation.GenerationMetrics;
import dev.rbees.worker.graph.ImportedModel;
import dev.rbees.worker.graph.ModelImporter;
import dev.rbees.worker.model.TensorEncoding;
import dev.rbees.worker.testing.HostileFiles;
import dev.rbees.worker.testing.StoryRules;
import dev.rbees.worker.testing.TinyArchitecture;
import dev.rbees.worker.testing.TinyModel;
import dev.rbees.worker.testing.Transcript;
import dev.rbees.worker.tokenizer.TokenizerData;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever lies in a model file, a worker loads it or says in a sentence why not. */
class HostileFilesRobustnessTest {

    /** More of them: {@code -Drbees.hostile=20000}. */
    private static final int FILES = Integer.getInteger("rbees.hostile", 2000);
    private static final int FIRST_SEED = Integer.getInteger("rbees.hostile.seed", 1);
    /** Of so many files one is loaded to the end and asked; the others are imported only, which takes less time. */
    private static final int ASKED_ONE_OF = Integer.getInteger("rbees.hostile.asked", 10);
    private static final long MOST_ALLOCATED = 200L << 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path folder;

    private final List<String> surprises = new ArrayList<>();
    private int loaded;

    @Test
    void loadsOrSaysInASentenceWhyNot() throws IOException {
        for (int seed = FIRST_SEED; seed < FIRST_SEED + FILES; seed++) {
            Path file = Files.write(folder.resolve("m.gguf"), new HostileFiles(seed).make());
            tryToLoad(seed, file);
            checkCache(seed);
        }
        assertThat(surprises).isEmpty();
        assertThat(loaded).as("some must be good enough, or nothing behind the header was tried").isBetween(FILES / 20,
                FILES * 19 / 20);
    }

    @Test
    void doesSoForEveryArchitecture() throws IOException {
        for (int seed = FIRST_SEED; seed < FIRST_SEED + FILES / 40; seed++) {
            tryToLoad(seed, new HostileFiles(seed).damage(good(seed % 6), folder.resolve("m.gguf")));
            checkCache(seed);
        }
        assertThat(surprises).isEmpty();
        assertThat(loaded).isPositive();
    }

    @Test
    void doesSoForFolders() throws IOException {
        for (int seed = FIRST_SEED; seed < FIRST_SEED + FILES / 40; seed++) {
            Path source = Files.createDirectory(folder.resolve("model"));
            tryToLoad(seed, new HostileFiles(seed).damageFolder(new TinyArchitecture("llama").separateMatrices(), source));
            delete(source);
            checkCache(seed);
        }
        assertThat(surprises).isEmpty();
        assertThat(loaded).isPositive();
    }

    /** What another program, or a dying disk, does to files that an import left. */
    @Test
    void doesSoWhenItsOwnImportIsDamaged() throws IOException {
        Path source = TinyModel.of(TensorEncoding.Q4_1).write(folder.resolve("m.gguf"), 1);
        for (int seed = FIRST_SEED; seed < FIRST_SEED + FILES / 40; seed++) {
            tryToLoad(0, source);
            try (Stream<Path> files = Files.walk(folder.resolve("home/cache"))) {
                List<Path> all = files.filter(file -> Files.isRegularFile(file) && !file.toString().endsWith(".lock"))
                        .sorted()
                        .toList();
                new HostileFiles(seed).damageIn(all.get(seed % all.size()));
            }
            tryToLoad(0, source);
            checkCache(seed);
        }
        assertThat(surprises).isEmpty();
    }

    private static TinyArchitecture good(int number) {
        int keys = TinyArchitecture.KV_HEADS * TinyArchitecture.HEAD_SIZE;
        return switch (number) {
            case 0 -> new TinyArchitecture("llama").separateMatrices()
                    .vector("rope_freqs.weight", TinyArchitecture.HEAD_SIZE / 2);
            case 1 -> new TinyArchitecture("qwen2").separateMatrices().biases("attn_k", keys).biases("attn_v", keys)
                    .biases("attn_q", TinyArchitecture.HEADS * TinyArchitecture.HEAD_SIZE);
            case 2 -> new TinyArchitecture("qwen3").separateMatrices().norms("attn_q_norm", TinyArchitecture.HEAD_SIZE)
                    .norms("attn_k_norm", TinyArchitecture.HEAD_SIZE);
            case 3 -> new TinyArchitecture("phi3").fusedMatrices()
                    .vector("rope_factors_short.weight", TinyArchitecture.HEAD_SIZE / 2)
                    .vector("rope_factors_long.weight", TinyArchitecture.HEAD_SIZE / 2);
            case 4 -> new TinyArchitecture("gemma2").separateMatrices().norms("post_ffw_norm", TinyArchitecture.WIDTH)
                    .norms("post_attention_norm", TinyArchitecture.WIDTH);
            default -> new TinyArchitecture("gemma3").separateMatrices().norms("post_ffw_norm", TinyArchitecture.WIDTH)
                    .norms("post_attention_norm", TinyArchitecture.WIDTH).norms("attn_q_norm", TinyArchitecture.HEAD_SIZE)
                    .norms("attn_k_norm", TinyArchitecture.HEAD_SIZE);
        };
    }

    private void tryToLoad(int seed, Path file) {
        WorkerSettings settings = WorkerSettings.of(CommandLine.parse(WorkerSettings.SPEC, List.of("--model",
                file.toString(), "--model-id", "m", "--slots", "1", "--threads", "1")), Map.of("RBEES_HOME",
                        folder.resolve("home").toString()));
        try {
            if (seed % ASKED_ONE_OF == 0) {
                loadAndAsk(settings);
            } else {
                long before = THREADS.getCurrentThreadAllocatedBytes();
                ImportedModel imported = new ModelImporter(settings.home().open(), settings.importOptions()).open(
                        settings.model(), (_, _) -> {
                        });
                TokenizerData.load(imported.tokenizer()).create().encode("hello", true);
                assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).as("memory for a small file")
                        .isLessThan(MOST_ALLOCATED);
            }
            loaded++;
        } catch (RbeesException e) {
            if ((e.code() != ErrorCode.MODEL_LOAD_FAILED && e.code() != ErrorCode.INSUFFICIENT_VRAM)
                    || e.userMessage().length() < 20 || e.userMessage().contains("Exception")) {
                surprises.add("seed " + seed + " says " + e.code() + " " + e.userMessage());
            }
        } catch (Exception | StackOverflowError | AssertionError | OutOfMemoryError e) {
            surprises.add("seed " + seed + " throws " + e + " at " + List.of(e.getStackTrace()).stream().limit(4).toList());
        }
    }

    private static void loadAndAsk(WorkerSettings settings) throws InterruptedException {
        ModelLoader loader = new ModelLoader(settings, Clock.systemUTC(), new SplittableRandom(1));
        WarmModel warm = loader.prepare().load((_, _) -> {
        });
        try (Engine engine = ((Service.Generation) warm
                .serve(new GenerationMetrics(new SimpleMeterRegistry()), new Liveness(_ -> {
                })).service())
                .workload()) {
            ask(engine, new Prompt.Raw("hello"));
            ask(engine, new Prompt.Chat(List.of(new Message(Message.Role.USER, "hello"))));
        }
    }

    /** What a client could do: it gets an answer or a refusal. */
    private static void ask(Engine engine, Prompt prompt) throws InterruptedException {
        SamplingParameters sampling = new SamplingParameters(2, 1, Truncation.NONE, Penalties.NONE, Map.of(), List.of(),
                new Seed(1), true, null, new ResponseFormat.Text());
        Transcript transcript = new Transcript();
        try {
            engine.start(new GenerationRequest("j", prompt, sampling), null, transcript);
        } catch (RbeesException e) {
            assertThat(e.code()).isIn(ErrorCode.INVALID_REQUEST, ErrorCode.INFERENCE_FAILED,
                    ErrorCode.CONTEXT_LENGTH_EXCEEDED);
            return;
        }
        StoryRules.check(transcript.await().events(), 0);
    }

    /** In the cache lie whole models and locks, and nothing half done. */
    private void checkCache(int seed) throws IOException {
        Path cache = folder.resolve("home/cache");
        if (!Files.isDirectory(cache)) {
            return;
        }
        try (Stream<Path> entries = Files.list(cache)) {
            for (Path entry : entries.toList()) {
                String name = entry.getFileName().toString();
                // why: digests of files that were not changed for two seconds are noted there
                boolean notes = name.equals("digests");
                if (!notes && !name.endsWith(".lock") && !Files.isRegularFile(entry.resolve("model.json"))) {
                    surprises.add("seed " + seed + " left " + name);
                }
                delete(entry);
            }
        }
    }

    private static void delete(Path entry) throws IOException {
        try (Stream<Path> below = Files.walk(entry)) {
            below.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}

package dev.rbees.worker.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.pool.PoolStatus.Gpu;
import dev.rbees.hardware.GpuDiscovery;
import dev.rbees.worker.benchmark.CheckedWorker.Answer;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The check of a backend on a real card, for {@code deploy/gpu-check}: what must be so, beside the processor, and how fast it
 * is. Arguments: the part (worker, numbers, speed, faults, features), the backend, the distribution, the model's file, a folder
 * as {@code RBEES_HOME}, a folder for logs and the table, the card's number.
 */
public final class GpuCheck {

    private static final int PROMPTS = 20;
    private static final int ANSWER = 64;
    private static final int BATCH = 8;
    private static final String QUESTION = "Name the capital city of France.";

    private final Settings settings;
    private final CheckTable table;

    /** @param card number of the card */
    record Settings(String backend, Path distribution, Path model, Path home, Path out, int card) {

        boolean onCard() {
            return backend.equals("cuda");
        }
    }

    private GpuCheck(Settings settings, CheckTable table) {
        this.settings = settings;
        this.table = table;
    }

    public static void main(String[] args) {
        Settings settings = new Settings(args[1], Path.of(args[2]), Path.of(args[3]).toAbsolutePath(),
                Path.of(args[4]).toAbsolutePath(), Path.of(args[5]).toAbsolutePath(), Integer.parseInt(args[6]));
        CheckTable table = new CheckTable(settings.out().resolve("table.md"));
        GpuCheck check = new GpuCheck(settings, table);
        table.part(args[0], () -> {
            switch (args[0]) {
                case "worker" -> check.worker();
                case "numbers" -> new GpuNumbers(settings, table).compare();
                case "speed" -> new GpuNumbers(settings, table).measure();
                case "faults" -> check.faults();
                case "features" -> check.features();
                default -> throw new IllegalArgumentException("there is no part " + args[0]);
            }
            return args[0];
        });
        System.exit(table.failed() ? 1 : 0);
    }

    private CheckedWorker start(String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of(more));
        if (settings.onCard() && !options.contains("--gpu-device")) {
            options.addAll(List.of("--gpu-device", String.valueOf(settings.card())));
        }
        return CheckedWorker.start(settings, settings.backend(), options.toArray(String[]::new));
    }

    private static Map<String, Object> question(String text, int tokens) {
        return Map.of("messages", List.of(Map.of("role", "user", "content", text)), "max_tokens", tokens);
    }

    private static String prompt(int i) {
        return "Number " + (i + 1) + ": tell me something about "
                + List.of("rivers", "stars", "bread", "music", "snow").get(i % 5)
                + " in " + List.of("one sentence", "few words", "plain words", "a list").get(i % 4) + ".";
    }

    /** Part 1: it starts, lists the card, and answers. */
    private void worker() throws IOException, InterruptedException {
        List<Gpu> cards = new GpuDiscovery(System.getenv()).find();
        table.require("cards listed", !settings.onCard() || cards.size() > settings.card(), cards.toString());
        long before = free();
        long began = System.nanoTime();
        try (CheckedWorker worker = start("--slots", "8").ready()) {
            table.note("ready after", (System.nanoTime() - began) / 1e9, "s");
            Answer answer = worker.execute(question(QUESTION, 32));
            table.require("says Paris", answer.text().contains("Paris"), answer.toString());
            JsonNode health = worker.health();
            table.note("memory planned, weights and full cache", health.path("memory_bytes").asLong() / 1e6, "MB");
            if (settings.onCard()) {
                table.note("memory of the card taken", (before - free()) / 1e6, "MB");
            }
            tokens(worker);
            if (settings.onCard()) {
                table.note("and after the answers", (before - free()) / 1e6, "MB");
            }
        }
    }

    /** Part 2, the tokens: beside the processor, the same twice, alone and in a batch. */
    private void tokens(CheckedWorker worker) throws IOException, InterruptedException {
        List<Answer> alone = alone(worker);
        table.require("the same twice", alone.equals(alone(worker)), "greedy, " + PROMPTS + " prompts");
        List<Future<Answer>> batch = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < BATCH; i++) {
                String text = prompt(i);
                batch.add(threads.submit(() -> worker.execute(question(text, ANSWER))));
            }
        }
        table.note("tokens in a batch of " + BATCH + " as alone",
                share(batch.stream().map(Future::resultNow).toList(), alone.subList(0, BATCH)));
        if (settings.onCard()) {
            try (CheckedWorker cpu = CheckedWorker.start(settings, "cpu", "--slots", "8").ready()) {
                table.note("tokens as on the CPU", share(alone, alone(cpu)));
            }
        }
    }

    private static List<Answer> alone(CheckedWorker worker) throws IOException, InterruptedException {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < PROMPTS; i++) {
            answers.add(worker.execute(question(prompt(i), ANSWER)));
        }
        return answers;
    }

    /** How many tokens are the same up to the first that is not, of all. */
    private static String share(List<Answer> some, List<Answer> others) {
        int same = 0;
        int all = 0;
        int whole = 0;
        for (int i = 0; i < some.size(); i++) {
            List<Integer> a = some.get(i).ids();
            List<Integer> b = others.get(i).ids();
            int k = 0;
            while (k < Math.min(a.size(), b.size()) && a.get(k).equals(b.get(k))) {
                k++;
            }
            same += k;
            all += Math.max(a.size(), b.size());
            whole += a.equals(b) ? 1 : 0;
        }
        return "%d of %d tokens before the first other one; %d of %d answers whole".formatted(same, all, whole, some.size());
    }

    /** Part 4: what must not work does not, and leaves nothing behind. */
    private void faults() throws IOException, InterruptedException {
        if (settings.onCard()) {
            try (CheckedWorker worker = start("--gpu-device", "7")) {
                int code = worker.ended();
                table.require("card number 7 is refused", code > 0 && worker.lastLine().contains("--gpu-device 7"),
                        code + ": " + worker.lastLine());
            }
            table.part("too many slots", () -> {
                new GpuNumbers(settings, table).overfill();
                return "";
            });
        }
        long before = free();
        try (CheckedWorker worker = start().ready()) {
            long running = free();
            worker.kill();
            for (int i = 0; i < 100 && settings.onCard() && free() < before - (64 << 20); i++) {
                Thread.sleep(100);
            }
            table.require("kill -9 gives the memory back", !settings.onCard() || free() >= before - (64 << 20),
                    "free before %d, while it ran %d, after %d MB".formatted(before >> 20, running >> 20, free() >> 20));
        }
        try (CheckedWorker worker = start().ready()) {
            table.require("a new one starts after it", worker.execute(question(QUESTION, 8)).error() == null, "");
        }
    }

    /** Part 5: a form of answer, and an answer that goes on. */
    private void features() throws IOException, InterruptedException {
        try (CheckedWorker worker = start().ready()) {
            Answer whole = worker.execute(question("Tell me about rivers.", 48));
            int cut = whole.ids().size() / 2;
            Map<String, Object> rest = new HashMap<>(question("Tell me about rivers.", 48));
            rest.put("resume", Map.of("token_ids", whole.ids().subList(0, cut)));
            Answer resumed = worker.execute(rest);
            table.note("resumed at token " + cut, whole.ids().subList(cut, whole.ids().size()).equals(resumed.ids())
                    ? "the same tokens"
                    : "other tokens: " + resumed.text());
            table.require("resuming works", resumed.error() == null && !resumed.ids().isEmpty(),
                    resumed.error() == null ? resumed.ids().size() + " tokens" : resumed.error());
            Map<String, Object> form = new HashMap<>(question("Give me a city and its country.", 96));
            form.put("response_format", Map.of("type", "json_schema", "json_schema", Map.of("name", "city", "schema",
                    Map.of("type", "object", "properties",
                            Map.of("city", Map.of("type", "string", "maxLength", 20), "country",
                                    Map.of("type", "string", "maxLength", 20)),
                            "required", List.of("city", "country"),
                            "additionalProperties", false))));
            Answer city = worker.execute(form);
            table.require("JSON by a schema", isObject(city.text()), city.toString());
            Answer second = worker.execute(form);
            table.note("the same JSON twice",
                    second.ids().equals(city.ids()) ? "the same tokens" : "other: " + second.text());
        }
    }

    private static boolean isObject(String text) {
        try {
            return Json.readTree(text.getBytes(UTF_8)).has("city");
        } catch (RbeesException _) {
            return false;
        }
    }

    /** Free bytes of the card; 0 without one. */
    private long free() {
        Optional<Gpu> card = settings.onCard()
                ? new GpuDiscovery(System.getenv()).find().stream().filter(gpu -> gpu.index() == settings.card()).findFirst()
                : Optional.empty();
        return card.flatMap(gpu -> Optional.ofNullable(gpu.vramFreeBytes())).orElse(0L);
    }
}

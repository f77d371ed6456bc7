package dev.rbees.orchestrator.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.rbees.api.json.Json;

/**
 * An orchestrator under short tasks for a long time: clients that submit and read, some cancel, some leave, some read slowly; workers
 * that die and come back. Prints a row of Markdown a minute: what was done, the orchestrator's heap after a collection, its threads,
 * descriptors and files. Arguments: the orchestrator's port, its process, its RBEES_HOME, the JDK's bin, minutes, and tasks a second.
 */
public final class SoakBenchmark {

    private static final int WORKERS = 4;
    /** Clients at once; with more the machine is behind, and the next one waits. */
    private static final int CLIENTS = 1_000;
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5))
            .version(HttpClient.Version.HTTP_1_1).build();
    private final String base;
    private final long process;
    private final Path home;
    private final Path tools;
    private final List<SoakWorker> workers = Stream.iterate(0, i -> i < WORKERS, i -> i + 1)
            .map(i -> new SoakWorker("soak-" + i)).toList();
    private final AtomicLong submitted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong completed = new AtomicLong();
    private final AtomicLong cancelled = new AtomicLong();
    private final AtomicLong other = new AtomicLong();
    private final AtomicLong deaths = new AtomicLong();
    private final Semaphore atOnce = new Semaphore(CLIENTS);
    private volatile boolean over;

    private SoakBenchmark(String[] args) {
        this.base = "http://127.0.0.1:" + args[0];
        this.process = Long.parseLong(args[1]);
        this.home = Path.of(args[2]);
        this.tools = Path.of(args[3]);
    }

    public static void main(String[] args) throws Exception {
        new SoakBenchmark(args).run(Integer.parseInt(args[4]), Integer.parseInt(args[5]));
    }

    private void run(int minutes, int perSecond) throws Exception {
        System.out.println(
                "| minute | submitted | completed | cancelled | refused | other | deaths | heap MB after GC | threads |"
                        + " descriptors | database MB | journal MB |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (SoakWorker worker : workers) {
                var _ = clients.submit(() -> beat(worker));
            }
            var _ = clients.submit(this::kill);
            SplittableRandom random = new SplittableRandom(1);
            long begin = System.nanoTime();
            long last = 0;
            for (long i = 0; System.nanoTime() - begin < TimeUnit.MINUTES.toNanos(minutes); i++) {
                SplittableRandom own = random.split();
                atOnce.acquire();
                var _ = clients.submit(() -> client(own));
                long due = begin + i * 1_000_000_000L / perSecond;
                TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
                long minute = TimeUnit.NANOSECONDS.toMinutes(System.nanoTime() - begin);
                if (minute > last) {
                    last = minute;
                    var _ = clients.submit(() -> row(minute));
                }
            }
            TimeUnit.SECONDS.sleep(20);
            over = true;
        }
        row(minutes);
        workers.forEach(SoakWorker::close);
    }

    private Void beat(SoakWorker worker) throws InterruptedException {
        while (!over) {
            try {
                if (worker.registered()) {
                    worker.heard(post("/v2/workers/" + worker.id() + "/heartbeat", worker.heartbeat()).statusCode() == 200);
                } else {
                    // why: refused for as long as the id may still be of the one that died
                    HttpResponse<String> answer = post("/v2/workers/register", worker.registration());
                    if (answer.statusCode() == 201) {
                        worker.accepted(answer.body());
                    }
                }
            } catch (IOException e) {
                System.err.println("the sign of life of " + worker.id() + ": " + e);
            }
            TimeUnit.SECONDS.sleep(2);
        }
        return null;
    }

    private Void kill() throws InterruptedException {
        SplittableRandom random = new SplittableRandom(2);
        while (!over) {
            TimeUnit.SECONDS.sleep(20);
            workers.get(random.nextInt(WORKERS)).dieAndComeBack();
            deaths.incrementAndGet();
        }
        return null;
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(base + path)).header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(30)).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private Void client(SplittableRandom random) throws InterruptedException {
        try {
            submitted.incrementAndGet();
            HttpResponse<String> accepted = post("/v2/tasks",
                    "{\"model\":\"soak\",\"prompt\":\"" + "word ".repeat(random.nextInt(1, 60))
                            + "\",\"max_tokens\":64" + (random.nextInt(5) == 0 ? ",\"on_disconnect\":\"cancel\"" : "")
                            + "}");
            if (accepted.statusCode() != 202) {
                refused.incrementAndGet();
                return null;
            }
            String id = Json.readTree(accepted.body().getBytes(StandardCharsets.UTF_8)).path("job_id")
                    .asString("");
            int kind = random.nextInt(20);
            if (kind == 0) {
                post("/v2/tasks/" + id + "/cancel", "");
            }
            read(id, kind == 1 ? 200 : 0, kind == 2);
        } catch (IOException e) {
            other.incrementAndGet();
            System.err.println("a client: " + e);
        } finally {
            atOnce.release();
        }
        return null;
    }

    private void read(String id, int pauseMillis, boolean leaves) throws IOException, InterruptedException {
        HttpResponse<InputStream> stream = http.send(HttpRequest.newBuilder(URI.create(base + "/v2/tasks/" + id + "/events"))
                .timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofInputStream());
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[pauseMillis > 0 ? 64 : 8192];
        try (InputStream in = stream.body()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                text.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
                if (leaves && text.length() > 300) {
                    other.incrementAndGet();
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(pauseMillis);
            }
        }
        if (text.indexOf("event:end") >= 0 || text.indexOf("event: end") >= 0) {
            completed.incrementAndGet();
        } else if (text.indexOf("CANCELLED") >= 0) {
            cancelled.incrementAndGet();
        } else {
            other.incrementAndGet();
        }
    }

    private Void row(long minute) throws IOException, InterruptedException {
        jcmd("GC.run");
        Matcher used = USED.matcher(jcmd("GC.heap_info"));
        long heap = used.find() ? Long.parseLong(used.group(1)) / 1024 : -1;
        System.out.printf("| %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %.1f | %.1f |%n", minute, submitted.get(),
                completed.get(), cancelled.get(), refused.get(), other.get(), deaths.get(), heap, count("task"), count("fd"),
                megabytes(home, "orchestrator.db"), megabytes(home.resolve("journal"), ""));
        return null;
    }

    private String jcmd(String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(tools.resolve("jcmd").toString(), String.valueOf(process), command)
                .redirectErrorStream(true).start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor();
        return said;
    }

    private long count(String what) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc", String.valueOf(process), what))) {
            return all.count();
        }
    }

    private static double megabytes(Path folder, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix) && Files.isRegularFile(file))
                    .mapToLong(file -> file.toFile().length()).sum() / 1e6;
        }
    }
}

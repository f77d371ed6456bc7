package dev.rbees.orchestrator.benchmark;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import dev.rbees.api.json.Json;

/**
 * How much later an event comes when it is relayed, and what that costs: the same streams straight from the worker, through
 * nginx, through a relay of the same framework that does nothing else, and through the orchestrator with its event log. Worker
 * and readers are this process, so that one clock serves both.
 *
 * <p>
 * Arguments: seconds of each measurement, and numbers of streams. It says the worker's port on standard error, and then reads from
 * standard input one line with port and process of the orchestrator, of nginx, and of the bare relay.
 */
public final class RelayBenchmark {

    private static final Duration INTERVAL = Duration.ofMillis(62);
    /** For more than {@link #MANY} streams: otherwise there would be more events than two cores can handle in any way. */
    private static final Duration LONG_INTERVAL = Duration.ofSeconds(1);
    private static final int MANY = 1_000;
    private static final int WARM_UP_STREAMS = 256;
    private static final Duration WARM_UP_INTERVAL = Duration.ofMillis(25);
    private static final int WARM_UPS = 2;
    private static final int MOST_EVENTS = 4_000_000;
    private static final Duration BETWEEN_OPENINGS = Duration.ofMillis(2);
    private static final int OPENED_TOGETHER = 32;
    private static final Duration BETWEEN_HEARTBEATS = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final TimedWorker worker;
    private final Duration window;
    private final HttpClient http = HttpClient.create(ConnectionProvider.builder("readers").maxConnections(12_000)
            .pendingAcquireMaxCount(-1).build()).keepAlive(false); // why: else the idle ones of one way take the files that the next needs
    private final long[] nanos = new long[MOST_EVENTS];
    private final AtomicInteger events = new AtomicInteger();
    private volatile long from = Long.MAX_VALUE;

    private RelayBenchmark(TimedWorker worker, Duration window) {
        this.worker = worker;
        this.window = window;
    }

    /** One way from the worker to its reader; process 0 is none. */
    private record Way(String name, int port, long process, boolean queued) {

        Duration cpu() {
            return process == 0
                    ? Duration.ZERO
                    : ProcessHandle.of(process).map(own -> Stream.concat(Stream.of(own), own.descendants()))
                            .orElseThrow(() -> new IllegalStateException(name + " has died"))
                            .map(one -> one.info().totalCpuDuration().orElse(Duration.ZERO))
                            .reduce(Duration.ZERO, Duration::plus);
        }
    }

    private record Result(double median, double late, double cpuMicros) {}

    public static void main(String[] args) throws InterruptedException {
        Duration window = Duration.ofSeconds(Long.parseLong(args[0]));
        try (TimedWorker worker = new TimedWorker(12)) {
            RelayBenchmark benchmark = new RelayBenchmark(worker, window);
            System.err.println("worker port " + worker.port());
            String[] others = new java.util.Scanner(System.in, StandardCharsets.UTF_8).nextLine().split(" ", -1);
            List<Way> ways = List.of(new Way("direct", worker.port(), 0, false), way("nginx", others, 2, false),
                    way("bare relay", others, 4, false), way("rbees-orcd", others, 0, true));
            benchmark.register(ways.getLast());
            System.out.println("| streams | events/s | way | p50 ms (added) | p99 ms (added) | CPU µs/event |");
            System.out.println("| --- | --- | --- | --- | --- | --- |");
            for (int i = 0; i < WARM_UPS; i++) {
                ways.forEach(way -> benchmark.measure(way, WARM_UP_STREAMS, WARM_UP_INTERVAL));
            }
            Arrays.stream(args).skip(1).mapToInt(Integer::parseInt)
                    .forEach(streams -> benchmark.row(ways, streams, streams > MANY ? LONG_INTERVAL : INTERVAL));
        }
    }

    private static Way way(String name, String[] others, int at, boolean queued) {
        return new Way(name, Integer.parseInt(others[at]), Long.parseLong(others[at + 1]), queued);
    }

    private void register(Way orchestrator) {
        for (String registration : worker.registrations()) {
            Integer status = post(orchestrator, "/v2/workers/register", registration).response()
                    .map(response -> response.status().code()).block(PATIENCE);
            if (!Integer.valueOf(201).equals(status)) {
                throw new IllegalStateException("a worker was refused: " + status);
            }
        }
        // why: without heartbeats the orchestrator takes them for dead
        Flux.interval(BETWEEN_HEARTBEATS).onBackpressureDrop().concatMap(_ -> Flux.fromIterable(worker.registrations())
                .concatMap(registration -> beat(orchestrator, registration))).subscribe();
    }

    private Mono<Integer> beat(Way orchestrator, String registration) {
        String id = Json.readTree(registration.getBytes(StandardCharsets.UTF_8)).get("worker_id").asString();
        return post(orchestrator, "/v2/workers/" + id + "/heartbeat",
                "{\"status\":\"ready\",\"slots_free\":" + TimedWorker.SLOTS
                        + "}")
                .response().map(response -> response.status().code()).timeout(BETWEEN_HEARTBEATS).onErrorResume(failure -> {
                    System.err.println("heartbeat of " + id + ": " + failure);
                    return Mono.empty();
                });
    }

    private HttpClient.ResponseReceiver<?> post(Way way, String path, String body) {
        return post(http, way, path, body);
    }

    private static HttpClient.ResponseReceiver<?> post(HttpClient client, Way way, String path, String body) {
        return client.headers(headers -> headers.set("Content-Type", "application/json")).post()
                .uri("http://127.0.0.1:" + way.port() + path)
                .send((request, out) -> out.sendString(Mono.just(body)));
    }

    private void row(List<Way> ways, int streams, Duration interval) {
        Optional<Result> direct = Optional.empty();
        for (Way way : ways) {
            Optional<Result> result = measure(way, streams, interval);
            direct = direct.or(() -> result);
            if (result.isEmpty()) {
                System.out.printf("| %d | | %s | not all streams began | | |%n", streams, way.name());
            } else {
                print(way, streams, result.get(), direct.get());
            }
        }
    }

    private void print(Way way, int streams, Result result, Result direct) {
        System.out.printf(Locale.ROOT, "| %d | %.0f | %s | %.3f (%.3f) | %.3f (%.3f) | %s |%n", streams,
                events.get() / (double) window.toSeconds(), way.name(), result.median(), result.median() - direct.median(),
                result.late(), result.late() - direct.late(),
                way.process() == 0 ? "" : String.format(Locale.ROOT, "%.1f", result.cpuMicros()));
    }

    /** Empty when not all streams began. */
    private Optional<Result> measure(Way way, int streams, Duration interval) {
        worker.begin(interval);
        from = Long.MAX_VALUE;
        events.set(0);
        CountDownLatch begun = new CountDownLatch(streams);
        CountDownLatch ended = new CountDownLatch(streams);
        Flux.interval(BETWEEN_OPENINGS).onBackpressureBuffer().take(streams)
                .flatMap(_ -> open(way).doOnNext(content -> content.asByteArray().doFinally(_ -> ended.countDown())
                        .subscribe(new Times(begun)::feed, failure -> System.err.println(way.name() + ": " + failure))),
                        OPENED_TOGETHER)
                .blockLast(PATIENCE);
        if (!await(begun)) {
            worker.end();
            await(ended);
            System.err.println(way.name() + ": " + begun.getCount() + " of " + streams + " streams did not begin");
            return Optional.empty();
        }
        Duration cpu = way.cpu();
        from = System.nanoTime();
        try {
            Thread.sleep(window);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        from = Long.MAX_VALUE;
        Duration used = way.cpu().minus(cpu);
        worker.end();
        await(ended);
        int count = Math.min(events.get(), MOST_EVENTS);
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return Optional.of(new Result(sorted[count / 2] / 1e6, sorted[(int) (count * 0.99)] / 1e6,
                used.toNanos() / 1e3 / count));
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A stream that has begun. */
    private Mono<ByteBufFlux> open(Way way) {
        if (!way.queued()) {
            String request = "{\"job_id\":\"" + UUID.randomUUID() + "\",\"prompt\":\"go on\",\"max_tokens\":100000}";
            return Mono.just(post(way, "/execute", request).responseContent());
        }
        // why: as real clients do, each keeps its connection from the request to the stream
        ConnectionProvider one = ConnectionProvider.create("reader", 1);
        HttpClient own = HttpClient.create(one);
        String task = "{\"model\":\"" + TimedWorker.MODEL + "\",\"prompt\":\"go on\",\"max_tokens\":100000}";
        return post(own, way, "/v2/tasks", task).responseSingle((response, content) -> content.asString().map(body -> {
            if (response.status().code() != 202) {
                throw new IllegalStateException(body);
            }
            return Json.readTree(body.getBytes(StandardCharsets.UTF_8)).get("events_url").asString();
        })).map(url -> ByteBufFlux.fromInbound(own.get().uri("http://127.0.0.1:" + way.port() + url).responseContent()
                .doFinally(_ -> one.dispose())));
    }

    /** Finds the times in a stream, wherever it is cut. */
    private final class Times {

        private final CountDownLatch begun;
        private boolean any;
        private boolean inside;
        private long time;

        Times(CountDownLatch begun) {
            this.begun = begun;
        }

        void feed(byte[] bytes) {
            long now = System.nanoTime();
            for (byte next : bytes) {
                if (next == TimedWorker.MARK) {
                    if (inside) {
                        said(now);
                    }
                    inside = !inside;
                    time = 0;
                } else if (inside) {
                    time = time * 10 + next - '0';
                }
            }
        }

        private void said(long now) {
            if (!any) {
                any = true;
                begun.countDown();
            }
            if (time >= from) {
                int index = events.getAndIncrement();
                if (index < MOST_EVENTS) {
                    nanos[index] = now - time;
                }
            }
        }
    }
}

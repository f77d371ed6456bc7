package dev.rbees.orchestrator.benchmark;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many tasks a second an orchestrator accepts, each durable before its answer, and how long a client waits for that: one
 * connection for each client, one task after another. Arguments: the orchestrator's port and process, clients, seconds, and seconds of
 * warm-up.
 */
public final class AdmissionBenchmark {

    private static final int PROMPT = 600;
    private static final int MOST = 4_000_000;

    private final int port;
    private final byte[] request;
    private final long[] nanos = new long[MOST];
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    private AdmissionBenchmark(int port) {
        this.port = port;
        String body = "{\"model\":\"smollm2-135m\",\"max_tokens\":16,\"prompt\":\"" + "word ".repeat(PROMPT / 5) + "\"}";
        this.request = ("POST /v2/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII);
    }

    public static void main(String[] args) throws InterruptedException {
        AdmissionBenchmark benchmark = new AdmissionBenchmark(Integer.parseInt(args[0]));
        ProcessHandle orchestrator = ProcessHandle.of(Long.parseLong(args[1])).orElseThrow();
        int clients = Integer.parseInt(args[2]);
        benchmark.run(clients, Duration.ofSeconds(Long.parseLong(args[4])));
        Duration time = Duration.ofSeconds(Long.parseLong(args[3]));
        Duration before = cpu(orchestrator);
        benchmark.run(clients, time);
        benchmark.report(clients, time, cpu(orchestrator).minus(before));
    }

    private static Duration cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private void run(int clients, Duration time) throws InterruptedException {
        accepted.set(0);
        refused.set(0);
        long end = System.nanoTime() + time.toNanos();
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            for (int i = 0; i < clients; i++) {
                threads.execute(() -> client(end));
            }
            threads.shutdown();
            if (!threads.awaitTermination(time.toSeconds() + 30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a client does not end");
            }
        }
    }

    private void client(long end) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (System.nanoTime() < end) {
                long began = System.nanoTime();
                out.write(request);
                if (answer(in) == 202) {
                    nanos[accepted.getAndIncrement() % MOST] = System.nanoTime() - began;
                } else {
                    refused.incrementAndGet();
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("the orchestrator closed a connection", e);
        }
    }

    /** The status; reads the whole answer. */
    private static int answer(InputStream in) throws IOException {
        int status = 0;
        int length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            if (status == 0) {
                status = Integer.parseInt(line.split(" ", 3)[1]);
            } else if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
        in.skipNBytes(length);
        return status;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the connection ended");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    private void report(int clients, Duration time, Duration cpu) {
        int count = Math.min(accepted.get(), MOST);
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        System.out.printf("| %d | %.0f | %.1f | %.1f | %d | %.0f |%n", clients, accepted.get() / (double) time.toSeconds(),
                sorted[count / 2] / 1e6, sorted[(int) (count * 0.99)] / 1e6, refused.get(),
                cpu.toNanos() / 1e3 / accepted.get());
    }
}

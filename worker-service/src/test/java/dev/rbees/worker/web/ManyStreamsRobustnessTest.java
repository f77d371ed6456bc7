package dev.rbees.worker.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import dev.rbees.api.task.Seed;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.worker.generation.EventSink;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Thousands of answers over real sockets while the processor is busy: each comes to its end. The tokens are made by one thread, as
 * fast as it can and in bursts, so that they meet the event loop in all its moments.
 */
class ManyStreamsRobustnessTest {

    private static final int STREAMS = Integer.getInteger("rbees.test.streams", 3_000);
    private static final int CLIENTS = 4;
    private static final int MOST_TOKENS = 60;
    private static final int STALLED_AFTER_MILLIS = 10_000;
    private static final String LAST_CHUNK = "\r\n0\r\n\r\n";

    private final Batch batch = new Batch();
    private final List<Thread> burners = new ArrayList<>();
    private volatile boolean over;
    private DisposableServer server;

    @BeforeEach
    void start() {
        batch.start();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            burners.add(Thread.ofPlatform().daemon().start(() -> {
                while (!over) {
                    Thread.onSpinWait();
                }
            }));
        }
        server = HttpServer.create().host("127.0.0.1").port(0)
                .handle(new ReactorHttpHandlerAdapter((request, response) -> DataBufferUtils.join(request.getBody())
                        .flatMap(body -> {
                            String[] wish = body.toString(StandardCharsets.US_ASCII).split(" ", 2);
                            DataBufferUtils.release(body);
                            return StreamedAnswer.write(response, sink -> batch.add(Integer.parseInt(wish[0]),
                                    "t".repeat(Integer.parseInt(wish[1])), sink));
                        })))
                .bindNow();
    }

    @AfterEach
    void stop() throws InterruptedException {
        over = true;
        server.disposeNow();
        batch.join();
        for (Thread burner : burners) {
            burner.join();
        }
    }

    /** What the batch loop of an engine is to the HTTP side: one thread that gives each of its streams a token in turn. */
    private final class Batch extends Thread {
        private final ConcurrentLinkedQueue<Making> all = new ConcurrentLinkedQueue<>();
        private final AtomicInteger cancelled = new AtomicInteger();
        private final SplittableRandom random = new SplittableRandom(1);

        Runnable add(int tokens, String text, EventSink sink) {
            Making making = new Making(tokens, text, sink);
            sink.accept(new TaskEvent.Started("job", "tiny", Instant.EPOCH, new Seed(1), null, null));
            all.add(making);
            return () -> {
                making.cancelled = true;
                cancelled.addAndGet(making.made < tokens ? 1 : 0);
            };
        }

        void awaitIdle() {
            long end = System.nanoTime() + 10_000_000_000L;
            while (!all.isEmpty() && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertThat(all).isEmpty();
        }

        @Override
        public void run() {
            while (!over) {
                all.removeIf(Making::step);
                if (all.isEmpty()) {
                    LockSupport.parkNanos(20_000);
                }
                for (int pause = random.nextInt(4) == 0 ? 0 : random.nextInt(400); pause > 0; pause--) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    private static final class Making {
        private final int tokens;
        private final String text;
        private final EventSink sink;
        private volatile boolean cancelled;
        private int made;

        Making(int tokens, String text, EventSink sink) {
            this.tokens = tokens;
            this.text = text;
            this.sink = sink;
        }

        boolean step() {
            if (!cancelled && made < tokens) {
                sink.accept(new TaskEvent.Token(text, made, made));
                made = made + 1;
                return false;
            }
            if (!cancelled) {
                sink.accept(new TaskEvent.End(1, 0, made, 3, StopReason.EOS, null));
            }
            return true;
        }
    }

    @Test
    void everyStreamComesToItsEnd() throws Exception {
        AtomicInteger next = new AtomicInteger();
        List<Callable<List<String>>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(() -> streams(next));
        }
        List<String> stalled = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            for (Future<List<String>> client : threads.invokeAll(clients)) {
                stalled.addAll(client.get());
            }
        }
        assertThat(stalled).isEmpty();
        batch.awaitIdle();
    }

    @Test
    void aReaderWhoTakesNothingIsCutOffWhileOthersReadOn() throws IOException, InterruptedException {
        try (Socket stuck = ask("1000000 10000")) {
            long end = System.nanoTime() + 60_000_000_000L;
            while (batch.cancelled.get() == 0 && System.nanoTime() < end) {
                assertThat(answer(3)).contains("event: end");
            }
            assertThat(batch.cancelled).hasValue(1);
            assertThat(stuck.isClosed()).isFalse();
        }
        batch.awaitIdle();
    }

    private List<String> streams(AtomicInteger next) throws IOException {
        List<String> stalled = new ArrayList<>();
        for (int number = next.getAndIncrement(); number < STREAMS; number = next.getAndIncrement()) {
            int tokens = 1 + number % MOST_TOKENS;
            String answer = answer(tokens);
            int came = answer.split("event: token", -1).length - 1;
            if (came != tokens || !answer.contains("event: end")) {
                stalled.add("stream " + number + ": " + came + " of " + tokens + " tokens");
            }
        }
        return stalled;
    }

    /** Head and body go in two packets, as many clients send them. */
    private Socket ask(String wish) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(STALLED_AFTER_MILLIS);
        OutputStream out = socket.getOutputStream();
        out.write(("POST /execute HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + wish.length() + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(wish.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Gives what had come until it ended or stood still. */
    private String answer(int tokens) throws IOException {
        try (Socket socket = ask(tokens + " 1")) {
            StringBuilder answer = new StringBuilder();
            InputStream in = socket.getInputStream();
            byte[] part = new byte[8192];
            try {
                for (int n = in.read(part); n >= 0; n = in.read(part)) {
                    answer.append(new String(part, 0, n, StandardCharsets.US_ASCII));
                    if (answer.indexOf(LAST_CHUNK, Math.max(0, answer.length() - LAST_CHUNK.length())) >= 0) {
                        break;
                    }
                }
            } catch (SocketTimeoutException e) {
                return answer.toString();
            }
            return answer.toString();
        }
    }
}

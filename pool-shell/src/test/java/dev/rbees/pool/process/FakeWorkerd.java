package dev.rbees.pool.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.json.Json;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.api.worker.RegistrationView;
import dev.rbees.api.worker.RegistrationView.State;
import dev.rbees.api.worker.WorkerHealth;
import dev.rbees.api.worker.WorkerStatus;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Stands in for rbees-workerd: takes the same flags, answers {@code /health}, and behaves as {@code FAKE_WORKER} says. */
final class FakeWorkerd {

    private FakeWorkerd() {}

    /** Puts a launcher into {@code bin} of an installation folder. */
    static void installInto(Path install) throws Exception {
        Path program = install.resolve("bin/rbees-workerd");
        Files.createDirectories(program.getParent());
        Files.writeString(program, """
                                   #!/bin/sh
                                   exec '%s/bin/java' -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '%s' %s "$@"
                                   """.formatted(System.getProperty("java.home"), System.getProperty("java.class.path"),
                FakeWorkerd.class.getName()));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    public static void main(String[] arguments) throws Exception {
        List<String> flags = List.of(arguments);
        System.out.println("started with " + flags);
        String behaviour = System.getenv().getOrDefault("FAKE_WORKER", "ready");
        if (behaviour.equals("crash")) {
            for (int i = 1; i <= 30; i++) {
                System.out.println("line " + i);
            }
            System.err.println("cannot map the model");
            System.exit(3);
        }
        if (behaviour.equals("stubborn")) {
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(FakeWorkerd::sleep));
        }
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(),
                Integer.parseInt(flag(flags, "--port"))), 8);
        server.createContext("/health", exchange -> {
            byte[] body = Json.write(health(flags, behaviour, asked.getAndIncrement())).getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.createContext("/execute", FakeWorkerd::execute);
        server.start();
    }

    /** Tells of honey when it is asked for it, and of Paris otherwise. */
    private static void execute(HttpExchange exchange) throws IOException {
        GenerationRequest request = GenerationRequest.read(exchange.getRequestBody().readAllBytes());
        List<TaskEvent> events = new ArrayList<>();
        for (String word : request.toJson().contains("honey") ? List.of("It ", "is ", "sweet.") : List.of("Paris.")) {
            events.add(new TaskEvent.Token(word, events.size(), 1));
        }
        events.add(new TaskEvent.End(3, null, events.size(), 10, StopReason.EOS, null));
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        for (TaskEvent event : events) {
            String name = event instanceof TaskEvent.Token ? "token" : "end";
            exchange.getResponseBody().write(("event: " + name + "\ndata: " + event.toJson() + "\n\n").getBytes(UTF_8));
        }
        exchange.close();
    }

    private static WorkerHealth health(List<String> flags, String behaviour, int asked) {
        WorkerStatus status = switch (behaviour) {
            case "never" -> WorkerStatus.LOADING;
            case "failed" -> WorkerStatus.FAILED;
            case "busy" -> WorkerStatus.BUSY;
            default -> asked < 3 ? WorkerStatus.LOADING : WorkerStatus.READY;
        };
        boolean loading = status == WorkerStatus.LOADING;
        String id = behaviour.equals("impostor") ? "worker-cpu-other1" : flag(flags, "--worker-id");
        return new WorkerHealth(status, id, flag(flags, "--model-id"), Backend.CPU, List.of("text-gen"), 1,
                loading ? "loading weights" : null,
                loading ? Math.min(99, behaviour.equals("never") ? 7 : asked * 30) : null,
                status == WorkerStatus.FAILED ? "the file is no GGUF" : null, null, null, null, null, null, null, "host", 0,
                flags.contains("--slots") ? Integer.parseInt(flag(flags, "--slots")) : 3, 1, 1, List.of(),
                registration(flags));
    }

    private static @Nullable RegistrationView registration(List<String> flags) {
        String url = flags.contains("--orchestrator-url") ? flag(flags, "--orchestrator-url") : "";
        return url.isEmpty() ? null : new RegistrationView(url, State.UNREACHABLE, "nobody listens there");
    }

    private static String flag(List<String> flags, String name) {
        return flags.get(flags.indexOf(name) + 1);
    }

    private static void sleep() {
        try {
            Thread.sleep(Duration.ofMinutes(1));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

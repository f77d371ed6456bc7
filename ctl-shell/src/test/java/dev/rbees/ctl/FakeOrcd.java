package dev.rbees.ctl;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

import com.sun.net.httpserver.HttpServer;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Stands in for rbees-orcd: takes {@code --port}, answers {@code /health}, and behaves as {@code FAKE_ORCD} says. */
final class FakeOrcd {

    private FakeOrcd() {}

    /** Puts launchers into {@code bin} of an installation folder. */
    static void installInto(Path install) throws Exception {
        Files.createDirectories(install.resolve("bin"));
        launcher(install.resolve("bin/rbees-orcd"),
                """
                #!/bin/sh
                exec '%s/bin/java' -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 $RBEES_JAVA_OPTS \
                    -Dstands.for=/orchestrator-service-1.jar -cp '%s' %s "$@"
                """.formatted(System.getProperty("java.home"), System.getProperty("java.class.path"),
                        FakeOrcd.class.getName()));
        launcher(install.resolve("bin/rbees-workerd"), "#!/bin/sh\n");
    }

    private static void launcher(Path file, String text) throws Exception {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        System.out.println("started with " + words);
        String behaviour = System.getenv().getOrDefault("FAKE_ORCD", "ready");
        if (behaviour.equals("refuse")) {
            System.err.println("error: --port 9 is in use by another program; choose another");
            System.exit(2);
        }
        if (behaviour.equals("stubborn")) {
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(FakeOrcd::sleep));
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(),
                Integer.parseInt(words.get(words.indexOf("--port") + 1))), 8);
        answer(server, "/health", "{\"status\":\"ok\",\"workers\":2,\"pools\":1,\"queue_depth\":7}");
        answer(server, "/v2/tasks", "[" + CtlProcess.TASK + "]");
        server.start();
    }

    private static void answer(HttpServer server, String path, String json) {
        server.createContext(path, exchange -> {
            byte[] body = json.getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    private static void sleep() {
        try {
            Thread.sleep(Duration.ofMinutes(5));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

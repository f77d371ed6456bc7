import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Makes the AOT caches: starts all four programs with a tiny model, lets them do together what users have them do, and ends
 * them; Java then writes down which classes it had to load. Argument: the distribution, which has the model.
 */
final class TrainAot implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int UNREACHABLE = 5;
    private static final Set<Integer> ENDS = Set.of(0, UNREACHABLE, 143);

    private final Path distribution;
    private final Path work;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Process> running = new ArrayList<>();

    private TrainAot(Path distribution, Path work) {
        this.distribution = distribution;
        this.work = work;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("rbees-aot");
        try (TrainAot train = new TrainAot(Path.of(args[0]), work)) {
            train.run();
        }
    }

    private void run() throws IOException, InterruptedException {
        Path model = distribution.resolve("lib/train/tiny.gguf");
        int orchestratorPort = freePort();
        String orchestrator = "http://127.0.0.1:" + orchestratorPort;
        Process orcd = train("rbees-orcd", orchestrator, "--port", "" + orchestratorPort);
        awaitBody(orcd, orchestrator + "/health", "ok");
        int workerPort = freePort();
        Process workerd = train("rbees-workerd", orchestrator, "--model", model.toString(), "--model-id", "tiny", "--port",
                "" + workerPort);
        awaitBody(workerd, orchestrator + "/v2/workers", "ready");

        await(train("rbees", orchestrator, "script", script("""
                                                            jobs submit --model tiny --prompt hello --max-tokens 8 --follow
                                                            jobs list
                                                            jobs list --output json
                                                            help
                                                            pool models list --host nobody@127.0.0.1:%d
                                                            """.formatted(freePort()))), "rbees");
        post(orchestrator + "/v1/chat/completions",
                """
                {"model":"tiny","messages":[{"role":"user","content":"hello"}],"max_tokens":4,"stream":true}""");
        post(orchestrator + "/v1/chat/completions",
                """
                {"model":"tiny","messages":[{"role":"user","content":"hello"}],"max_tokens":4}""");
        get(orchestrator + "/v2/tasks");
        get(orchestrator + "/v1/models");
        get(orchestrator + "/metrics");
        get("http://127.0.0.1:" + workerPort + "/metrics");
        await(train("rbees-pool", orchestrator, "script", script("""
                                                                 models list
                                                                 models catalog
                                                                 models catalog --output json
                                                                 worker list
                                                                 worker list --output json
                                                                 status
                                                                 help
                                                                 """)), "rbees-pool");

        for (Process daemon : List.of(workerd, orcd)) {
            daemon.destroy();
            await(daemon, "a daemon");
        }
        for (String program : List.of("rbees-orcd", "rbees-workerd", "rbees", "rbees-pool")) {
            if (!Files.isRegularFile(cache(program))) {
                throw new IOException("no cache was made for " + program + "\n" + logs());
            }
        }
    }

    /** why: a process leaves one cache, so all that it is to hold must be done by one. */
    private String script(String lines) throws IOException {
        return Files.writeString(Files.createTempFile(work, "lines", ".rbees"), lines).toString();
    }

    private Path cache(String program) {
        return distribution.resolve("lib/aot/" + program + ".aot");
    }

    private Process train(String program, String orchestrator, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(distribution.resolve("bin/" + program).toString()));
        command.addAll(List.of(args));
        return start(command, cache(program).toString(), orchestrator);
    }

    private Process start(List<String> command, String cache, String orchestrator) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(work.resolve("log").toFile()))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("RBEES_"));
        builder.environment().put("RBEES_HOME", work.resolve("home").toString());
        builder.environment().put("RBEES_AOT_TRAIN", cache);
        builder.environment().put("RBEES_ORCHESTRATOR_URL", orchestrator);
        builder.environment().put("RBEES_SSH_CONFIG", "/dev/null");
        Process process = builder.start();
        running.add(process);
        return process;
    }

    /**
     * Waits for the end of a process; a daemon ends by the signal that it was sent, and the last of the operator's commands,
     * which loads what SSH needs, finds nobody at the port.
     */
    private void await(Process process, String what) throws IOException, InterruptedException {
        boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (!ended || !ENDS.contains(process.exitValue())) {
            throw new IOException(what + (ended ? " ended with " + process.exitValue() : " does not end") + "\n" + logs());
        }
    }

    private void awaitBody(Process process, String url, String word) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            try {
                if (get(url).contains(word)) {
                    return;
                }
            } catch (IOException e) {
                // not yet
            }
            process.waitFor(100, TimeUnit.MILLISECONDS);
        }
        throw new IOException(url + " does not say '" + word + "'\n" + logs());
    }

    private String get(String url) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString()).body();
    }

    private void post(String url, String body) throws IOException, InterruptedException {
        http.send(HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private String logs() throws IOException {
        return Files.readString(work.resolve("log"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        running.forEach(Process::destroyForcibly);
        try (var below = Files.walk(work)) {
            for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}

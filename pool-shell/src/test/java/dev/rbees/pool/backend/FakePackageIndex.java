package dev.rbees.pool.backend;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import dev.rbees.home.Sha256;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A Python package index with wheels that a test has put there. */
final class FakePackageIndex implements AutoCloseable {

    private final HttpServer server;
    private final Map<String, byte[]> pages = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    FakePackageIndex() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/simple";
    }

    List<String> requests() {
        return List.copyOf(requests);
    }

    /** A library as its first bytes tell. */
    static byte[] library(String content) {
        return ("\u007fELF" + content).getBytes(UTF_8);
    }

    static byte[] wheel(Map<String, byte[]> members) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> member : members.entrySet()) {
                zip.putNextEntry(new ZipEntry(member.getKey()));
                zip.write(member.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    /** A wheel of a project, beside one for another kind of machine. */
    void put(String project, String version, byte[] wheel) {
        put(project, version, wheel, wheel.length, Sha256.of(wheel));
    }

    void put(String project, String version, byte[] wheel, long size, String sha256) {
        String name = project.replace('-', '_') + "-" + version + "-py3-none-manylinux_2_27_x86_64.whl";
        pages.put("/files/" + name, wheel);
        pages.put("/simple/" + project + "/",
                """
                {"files": [
                  {"filename": "%s", "url": "/files/none", "hashes": {"sha256": "%s"}, "size": 1},
                  {"filename": "%s", "url": "/files/%s", "hashes": {"sha256": "%s"}, "size": %d}]}
                """.formatted(name.replace("x86_64", "aarch64"), sha256, name, name, sha256, size).getBytes(UTF_8));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(path);
        byte[] body = pages.get(path);
        exchange.getResponseHeaders().add("Content-Type", path.startsWith("/simple") ? "application/vnd.pypi.simple.v1+json"
                : "application/octet-stream");
        exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : body.length);
        try (exchange; var out = exchange.getResponseBody()) {
            if (body != null) {
                out.write(body);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

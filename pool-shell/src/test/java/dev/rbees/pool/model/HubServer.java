package dev.rbees.pool.model;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.rbees.home.Sha256;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A hub with one repository {@code org/repo} at {@link #COMMIT}: its API, and files that it gives by a redirect to another host,
 * as the real one does with those in large-file storage.
 */
final class HubServer implements AutoCloseable {

    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String API = "/api/models/org/repo";

    final RawHttpServer hub;
    final RawHttpServer storage;
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private String about = "";
    private String gate = "";
    private int page = 1_000;

    HubServer() throws IOException {
        storage = new RawHttpServer(this::give);
        hub = new RawHttpServer(this::answer);
    }

    String url() {
        return hub.url();
    }

    /** Large ones, which have a SHA-256, are those that begin with weights' names; the others have git's name alone. */
    HubServer with(String path, byte[] content) {
        files.put(path, content);
        return this;
    }

    HubServer with(String path, String content) {
        return with(path, content.getBytes(UTF_8));
    }

    /** Further members of what the API tells. */
    HubServer telling(String members) {
        about = "," + members;
        return this;
    }

    /** Only who has this token gets anything. */
    HubServer gatedBy(String token) {
        gate = token;
        return this;
    }

    HubServer pagesOf(int entries) {
        page = entries;
        return this;
    }

    List<String> asked() {
        return hub.requests().stream().map(RawHttpServer.Request::path).toList();
    }

    private void answer(RawHttpServer.Request request, OutputStream out) throws IOException {
        String path = request.path();
        if (!gate.isEmpty() && !request.header("Authorization").equals("Bearer " + gate)) {
            RawHttpServer.head(out, 401, "X-Error-Code: GatedRepo", "Content-Length: 0");
        } else if (path.equals(API) || path.equals(API + "/revision/v1") || path.equals(API + "/revision/" + COMMIT)) {
            json(out, "{\"id\":\"org/repo\",\"sha\":\"" + COMMIT + "\"" + about + "}");
        } else if (path.startsWith(API + "/tree/" + COMMIT + "?recursive=true")) {
            tree(path, out);
        } else if (path.startsWith("/org/repo/resolve/" + COMMIT + "/")) {
            RawHttpServer.head(out, 302, "Location: " + storage.url() + "/" + path.substring(path.indexOf(COMMIT) + 41),
                    "Content-Length: 0");
        } else {
            RawHttpServer.head(out, path.startsWith("/api/models/other") ? 401 : 404, "Content-Length: 0");
        }
    }

    private void tree(String path, OutputStream out) throws IOException {
        int from = path.contains("&cursor=") ? Integer.parseInt(path.replaceFirst(".*&cursor=", "")) : 0;
        String entries = files.entrySet().stream().skip(from).limit(page).map(file -> entry(file.getKey(), file.getValue()))
                .collect(Collectors.joining(",", "[{\"type\":\"directory\",\"path\":\"onnx\",\"size\":0}"
                        + (files.size() > from ? "," : ""), "]"));
        String next = from + page < files.size()
                ? "Link: <" + url() + API + "/tree/" + COMMIT + "?recursive=true&cursor=" + (from + page) + ">; rel=\"next\""
                : "X-No: more";
        json(out, entries, next);
    }

    private static String entry(String path, byte[] content) {
        boolean large = path.matches(".*\\.(gguf|safetensors|onnx|onnx_data)");
        String stored = ",\"lfs\":{\"oid\":\"" + Sha256.of(content) + "\",\"size\":" + content.length
                + ",\"pointerSize\":134}";
        return "{\"type\":\"file\",\"path\":\"" + path + "\",\"size\":" + content.length + ",\"oid\":\"" + blob(content)
                + "\""
                + (large ? stored : "") + "}";
    }

    /** git's name of a file. */
    static String blob(byte[] content) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(("blob " + content.length + "\0").getBytes(UTF_8));
            return HexFormat.of().formatHex(sha1.digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void give(RawHttpServer.Request request, OutputStream out) throws IOException {
        byte[] content = files.get(request.path().substring(1));
        if (content == null) {
            RawHttpServer.head(out, 404, "Content-Length: 0");
        } else {
            RawHttpServer.file(content, "\"" + Sha256.of(content) + "\"").answer(request, out);
        }
    }

    private static void json(OutputStream out, String document, String... headers) throws IOException {
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Content-Type: application/json";
        all[headers.length + 1] = "Content-Length: " + document.getBytes(UTF_8).length;
        RawHttpServer.head(out, 200, all);
        out.write(document.getBytes(UTF_8));
    }

    @Override
    public void close() throws IOException {
        hub.close();
        storage.close();
    }
}

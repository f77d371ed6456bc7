package dev.rbees.pool.model;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.model.ModelRef;
import dev.rbees.pool.model.HttpGet.Document;
import dev.rbees.pool.model.HubListing.HubFile;

/** Asks the hub which files a repository has (its API below {@code /api/models}). */
final class HubClient {

    private static final int LARGEST_ANSWER = 8 * 1024 * 1024;
    private static final int MOST_PAGES = 40;
    private static final int MOST_FILES = 20_000;
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern NEXT = Pattern.compile("<([^>]{1,4000})>\\s*;[^,]*\\brel=\"?next\"?");
    private static final Pattern PLAIN_NAME = Pattern.compile("[\\w.+=, ()/-]{1,256}");
    private static final Set<String> EMBEDDING_TASKS = Set.of("sentence-similarity", "feature-extraction");

    private final HttpGet http;
    private final Hub hub;
    private final DownloadLimits limits;

    HubClient(HttpGet http, Hub hub, DownloadLimits limits) {
        this.http = http;
        this.hub = hub;
        this.limits = limits;
    }

    /**
     * Lists a repository.
     *
     * @param revision branch, tag or commit
     * @throws SourceException when the hub cannot be reached, refuses, or knows no such thing
     */
    HubListing list(String repository, String revision) throws SourceException, InterruptedException {
        String api = "/api/models/" + repository;
        JsonNode info = json(ask(hub.address(revision.equals("main") ? api : api + "/revision/" + revision), repository));
        String commit = info.path("sha").asString("");
        if (!COMMIT.matcher(commit).matches()) {
            throw new SourceException("its answer names no commit of " + repository);
        }
        JsonNode licence = info.path("cardData").path("license");
        int context = info.path("gguf").path("context_length").asInt(0);
        String type = info.path("config").path("model_type").asString("");
        return new HubListing(repository, commit, files(repository, api + "/tree/" + commit),
                orNull(licence.isArray() ? licence.path(0).asString("") : licence.asString("")),
                orNull(info.path("gguf").path("architecture").asString(type)), context > 0 ? Integer.valueOf(context) : null,
                EMBEDDING_TASKS.contains(info.path("pipeline_tag").asString("")));
    }

    private List<HubFile> files(String repository, String path) throws SourceException, InterruptedException {
        List<HubFile> files = new ArrayList<>();
        URI page = URI.create(hub.address(path) + "?recursive=true");
        for (int pages = 0; pages < MOST_PAGES; pages++) {
            Document answer = ask(page, repository);
            for (JsonNode file : json(answer)) {
                add(files, file);
            }
            Matcher next = NEXT.matcher(answer.header("Link"));
            if (!next.find()) {
                return files;
            }
            URI following = Redirect.target(page, next.group(1));
            if (!Redirect.sameHost(page, following)) {
                throw new SourceException("its list goes on at another host");
            }
            page = following;
        }
        throw new SourceException(repository + " has more files than a model");
    }

    private static void add(List<HubFile> files, JsonNode file) throws SourceException {
        String path = file.path("path").asString("");
        if (!file.path("type").asString("").equals("file") || !PLAIN_NAME.matcher(path).matches() || !isPlain(path)) {
            return;
        }
        JsonNode stored = file.path("lfs");
        String sha256 = stored.path("oid").asString("").replaceFirst("^sha256:", "");
        String blob = file.path("oid").asString("");
        boolean large = SHA256.matcher(sha256).matches();
        long size = large ? stored.path("size").asLong(-1) : file.path("size").asLong(-1);
        if (size >= 0) {
            files.add(new HubFile(path, size, large ? sha256 : null,
                    !large && COMMIT.matcher(blob).matches() ? blob : null));
        }
        if (files.size() > MOST_FILES) {
            throw new SourceException("it has more than " + MOST_FILES + " files");
        }
    }

    private static boolean isPlain(String path) {
        try {
            ModelRef.requirePlainPath(path);
            return true;
        } catch (RbeesException _) {
            return false;
        }
    }

    private Document ask(URI address, String repository) throws SourceException, InterruptedException {
        Document answer = http.document(address, hub.headers(), LARGEST_ANSWER, limits);
        if (answer.status() != 200) {
            throw hub.refusal(answer.status(), answer.header("X-Error-Code"), repository);
        }
        return answer;
    }

    private static JsonNode json(Document answer) throws SourceException {
        try {
            return Json.readTree(answer.body());
        } catch (RbeesException e) {
            throw new SourceException("its answer is not JSON", e);
        }
    }

    private static @Nullable String orNull(String text) {
        return text.isBlank() ? null : text;
    }
}

package dev.rbees.pool.model;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;

/**
 * The page of a package in an index: its files. Mirrors often have the HTML form only, which names no sizes.
 *
 * @param files those that the page names an intact address and a SHA-256 for
 */
record IndexPage(List<IndexFile> files) {

    static final String JSON_FORM = "application/vnd.pypi.simple.v1+json";
    static final String ACCEPT = JSON_FORM + ", application/vnd.pypi.simple.v1+html; q=0.2, text/html; q=0.1";

    private static final Pattern LINK = Pattern.compile(
            "<a\\s[^>]{0,4000}?href\\s*=\\s*[\"']([^\"'>]{1,4000})[\"'][^>]*>([^<]{1,400})</a>",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern DIGEST = Pattern.compile("sha256=([0-9a-f]{64})");

    /**
     * @param name the file's name
     * @param address where it is
     * @param size in bytes, 0 when the page does not tell
     * @param sha256 hex
     */
    record IndexFile(String name, URI address, long size, String sha256) {}

    /**
     * Reads a page of either form.
     *
     * @param page its address, for relative links
     * @throws dev.rbees.api.error.RbeesException INVALID_REQUEST when it says it is JSON and is not
     */
    static IndexPage read(URI page, String contentType, byte[] body) {
        return new IndexPage(contentType.startsWith(JSON_FORM)
                ? json(page, Json.readTree(body))
                : html(page, new String(body, StandardCharsets.UTF_8)));
    }

    private static List<IndexFile> json(URI page, JsonNode document) {
        List<IndexFile> files = new ArrayList<>();
        for (JsonNode file : document.path("files")) {
            String sha256 = "sha256=" + file.path("hashes").path("sha256").asString("");
            add(files, page, file.path("filename").asString(""), file.path("url").asString(""), file.path("size").asLong(0),
                    sha256);
        }
        return files;
    }

    private static List<IndexFile> html(URI page, String document) {
        List<IndexFile> files = new ArrayList<>();
        Matcher link = LINK.matcher(document);
        while (link.find()) {
            String[] href = link.group(1).replace("&amp;", "&").split("#", 2);
            add(files, page, link.group(2).strip(), href[0], 0, href.length > 1 ? href[1] : "");
        }
        return files;
    }

    private static void add(List<IndexFile> files, URI page, String name, String url, long size, String digest) {
        Matcher sha256 = DIGEST.matcher(digest);
        try {
            URI address = page.resolve(url);
            if (sha256.matches() && Redirect.isWeb(address) && address.getHost() != null) {
                files.add(new IndexFile(name, address, size, sha256.group(1)));
            }
        } catch (IllegalArgumentException _) {
            // another file of the page may do
        }
    }
}

package dev.rbees.pool.model;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

import dev.rbees.api.error.ErrorCode;

/**
 * The hub, as the settings of its own tools name it: {@code HF_ENDPOINT}, {@code HF_TOKEN} or their token file, and
 * {@code HF_HOME}, {@code HF_HUB_CACHE}.
 *
 * @param endpoint its address without a slash at the end
 * @param token empty for none
 * @param cache the folder that its own tools keep files in
 */
record Hub(String endpoint, String token, Path cache) {

    private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{0,4096}");
    private static final long LONGEST_TOKEN_FILE = 4096;

    static Hub of(Map<String, String> environment, Path userHome) {
        String configured = environment.getOrDefault("HF_ENDPOINT", "").strip();
        Path caches = folder(environment, "XDG_CACHE_HOME", userHome.resolve(".cache"));
        Path home = folder(environment, "HF_HOME", caches.resolve("huggingface"));
        return new Hub(configured.isEmpty() ? DEFAULT_ENDPOINT : configured.replaceFirst("/+$", ""),
                token(environment, home), folder(environment, "HF_HUB_CACHE", home.resolve("hub")));
    }

    private static Path folder(Map<String, String> environment, String variable, Path usual) {
        String configured = environment.getOrDefault(variable, "").strip();
        return configured.isEmpty() ? usual : Path.of(configured);
    }

    private static String token(Map<String, String> environment, Path home) {
        String configured = environment.getOrDefault("HF_TOKEN", "").strip();
        if (!configured.isEmpty()) {
            return configured;
        }
        try {
            Path file = folder(environment, "HF_TOKEN_PATH", home.resolve("token"));
            return Files.isRegularFile(file) && Files.size(file) <= LONGEST_TOKEN_FILE
                    ? Files.readString(file, StandardCharsets.US_ASCII).strip()
                    : "";
        } catch (IOException _) {
            return ""; // the hub's own tools do without it as well
        }
    }

    /** Its host, as people know it. */
    String name() {
        return endpoint.replaceFirst("^\\w+://", "").replaceFirst("^.*@", "").replaceFirst("/.*$", "");
    }

    /** @throws SourceException when the endpoint is no web address */
    URI address(String path) throws SourceException {
        try {
            URI base = new URI(endpoint);
            if (!Redirect.isWeb(base) || base.getHost() == null) {
                throw new SourceException("HF_ENDPOINT is no web address");
            }
            return new URI(base.getScheme(), base.getAuthority(), base.getPath() + path, null, null);
        } catch (URISyntaxException e) {
            throw new SourceException("HF_ENDPOINT is no web address", e);
        }
    }

    /** @throws SourceException when the token cannot be one */
    Map<String, String> headers() throws SourceException {
        if (!TOKEN.matcher(token).matches()) {
            throw new SourceException(ErrorCode.UNAUTHORIZED, "HF_TOKEN, or the hub tools' token file, holds no token");
        }
        return token.isEmpty() ? Map.of() : Map.of("Authorization", "Bearer " + token);
    }

    /** What an answer without the wanted thing means, and what to do about it. */
    SourceException refusal(int status, String code, String repository) {
        String page = endpoint + "/" + repository;
        String login = token.isEmpty() ? "set HF_TOKEN to a token of your account" : "check the token in HF_TOKEN";
        if (code.equals("GatedRepo")) {
            return new SourceException(ErrorCode.FORBIDDEN, "HTTP " + status + ": " + repository
                    + " is gated; accept its terms at " + page + " and " + login);
        }
        return switch (status) {
            case 401, 403 -> new SourceException(ErrorCode.FORBIDDEN, "HTTP " + status + ": " + repository
                    + " does not exist, or it is private or gated; look at " + page + " and " + login);
            case 404 -> new SourceException(ErrorCode.MODEL_NOT_FOUND, "HTTP 404: " + switch (code) {
                case "RevisionNotFound" -> repository + " has no such revision";
                case "EntryNotFound" -> repository + " has no such file";
                default -> "there is no such file in " + repository + ", or no such repository";
            });
            default -> new SourceException("HTTP " + status);
        };
    }

    @Override
    public String toString() {
        return name(); // why: the token is nobody's business
    }
}

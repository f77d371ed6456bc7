package dev.rbees.pool.model;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.ModelRef;
import dev.rbees.pool.model.HttpGet.Answer;
import dev.rbees.pool.model.HttpGet.Document;
import dev.rbees.pool.model.IndexPage.IndexFile;

/**
 * A Python package index, asked through its simple interface in either form (PEP 503, PEP 691).
 *
 * @param base address of the index, without credentials and without a slash at the end
 * @param credentials {@code user:password} from its address, empty for none
 */
record PackageIndex(URI base, String credentials) {

    private static final int LARGEST_PAGE = 16 * 1024 * 1024;
    private static final Pattern NUMBERS = Pattern.compile("\\d{1,9}(\\.\\d{1,9}){0,8}");

    /** @throws SourceException when the text is no web address */
    static PackageIndex of(String text) throws SourceException {
        try {
            URI uri = URI.create(text.strip().replaceFirst("/+$", ""));
            if (!Redirect.isWeb(uri) || uri.getHost() == null) {
                throw new SourceException("the package index of pip's settings is no web address");
            }
            String credentials = uri.getUserInfo() == null ? "" : uri.getUserInfo();
            String host = uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
            return new PackageIndex(URI.create(uri.getScheme() + "://" + host + uri.getRawPath()), credentials);
        } catch (IllegalArgumentException e) {
            throw new SourceException("the package index of pip's settings is no web address", e);
        }
    }

    /** The headers that a file of the index needs: credentials only for the index's own host. */
    Map<String, String> headersFor(URI address) {
        if (credentials.isEmpty() || !Redirect.sameHost(base, address)) {
            return Map.of();
        }
        byte[] bytes = credentials.getBytes(StandardCharsets.UTF_8);
        return Map.of("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
    }

    /** Asks for the wheel of one exact version. */
    IndexFile find(HttpGet http, ModelRef.PythonPackage wanted, DownloadLimits limits)
            throws SourceException, InterruptedException {
        return find(http, wanted.project(), wanted.version(), limits);
    }

    /**
     * Asks for a wheel.
     *
     * @param version null for the newest that is no preview
     */
    IndexFile find(HttpGet http, String project, @Nullable String version, DownloadLimits limits)
            throws SourceException, InterruptedException {
        return find(http, project, version, _ -> true, limits);
    }

    /**
     * Asks for a wheel that this machine can use.
     *
     * @param version null for the newest that is no preview
     * @param usable whether a file of this name is one
     */
    IndexFile find(HttpGet http, String project, @Nullable String version, Predicate<String> usable, DownloadLimits limits)
            throws SourceException, InterruptedException {
        URI page = URI.create(base + "/" + normalised(project) + "/");
        Map<String, String> headers = new HashMap<>(headersFor(page));
        headers.put("Accept", IndexPage.ACCEPT);
        Document answer = http.document(page, headers, LARGEST_PAGE, limits);
        if (answer.status() != 200) {
            throw new SourceException("HTTP " + answer.status());
        }
        try {
            IndexFile wheel = IndexPage.read(answer.uri(), answer.header("Content-Type"), answer.body()).files()
                    .stream()
                    .filter(file -> isWheelOf(file, project) && usable.test(file.name()))
                    .filter(file -> version == null ? NUMBERS.matcher(versionOf(file)).matches()
                            : versionOf(file).equals(version))
                    .max((a, b) -> compare(versionOf(a), versionOf(b)))
                    .orElseThrow(() -> new SourceException("has no wheel of %s%s with a SHA-256 for this machine"
                            .formatted(project, version == null ? "" : " " + version)));
            return wheel.size() > 0 ? wheel : withSize(http, wheel, limits);
        } catch (RbeesException e) {
            throw new SourceException("its answer is not JSON", e);
        }
    }

    /** What the page does not tell, the file's own server does. */
    private IndexFile withSize(HttpGet http, IndexFile wheel, DownloadLimits limits)
            throws SourceException, InterruptedException {
        return Retries.of(limits, http.say(), () -> {
            try (Answer answer = http.get(wheel.address(), headersFor(wheel.address()))) {
                long size = answer.headers().firstValueAsLong("Content-Length").orElse(0);
                if (answer.status() != 200 || size <= 0) {
                    throw new SourceException(
                            answer.status() != 200 ? "HTTP " + answer.status() : "does not tell the wheel's size");
                }
                return new IndexFile(wheel.name(), wheel.address(), size, wheel.sha256());
            }
        });
    }

    /** {@code project-version(-build)?-python-abi-platform.whl} */
    private static boolean isWheelOf(IndexFile file, String project) {
        String[] parts = file.name().split("-", -1);
        return file.name().endsWith(".whl") && parts.length >= 5 && normalised(parts[0]).equals(normalised(project));
    }

    /** The version of a wheel. */
    static String versionOf(IndexFile wheel) {
        return wheel.name().split("-", -1)[1];
    }

    private static int compare(String a, String b) {
        return Arrays.compare(numbers(a), numbers(b));
    }

    private static int[] numbers(String version) {
        return NUMBERS.matcher(version).matches()
                ? Arrays.stream(version.split("\\.", -1)).mapToInt(Integer::parseInt).toArray()
                : new int[0];
    }

    /** PEP 503: runs of dots, dashes and underscores count as one dash, and letters as small ones. */
    static String normalised(String project) {
        return project.replaceAll("[-_.]+", "-").toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return base.toString(); // why: the credentials are nobody's business
    }
}

package dev.rbees.pool.model;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;
import dev.rbees.pool.model.HttpGet.Document;

/** A member of a jar in Maven's repository. */
final class MavenSource implements ModelSource {

    private static final Pattern SHA1 = Pattern.compile("\\s*([0-9a-fA-F]{40})\\b.*", Pattern.DOTALL);
    private static final int LONGEST_CHECKSUM = 4096;

    private final ModelRef.MavenArtifact ref;
    private final MavenSettings maven;
    private final HttpGet http;
    private final ResumableDownload download;
    private final DownloadLimits limits;
    private MavenSettings.@Nullable Repository repository;

    MavenSource(ModelRef.MavenArtifact ref, MavenSettings maven, HttpGet http, ResumableDownload download,
            DownloadLimits limits) {
        this.ref = ref;
        this.maven = maven;
        this.http = http;
        this.download = download;
        this.limits = limits;
    }

    @Override
    public String name() {
        String host = repository == null ? null : URI.create(repository.url()).getHost();
        return host == null ? "Maven's repository" : host;
    }

    @Override
    public CatalogModel describe(CatalogModel model) {
        return OneFile.of(model, ref.member(), ref);
    }

    @Override
    public Path fetch(CatalogModel model, ModelFile file, Path staging) throws SourceException, InterruptedException {
        MavenSettings.Repository from = repository == null ? maven.repository() : repository;
        repository = from;
        URI jar = address(from, ".jar");
        // why: several files of a model may come from one jar
        Path archive = staging
                .resolve("maven-" + ref.artifact() + "-" + ref.version() + "-" + ref.classifier() + ".jar.part");
        download.fetch(new Wanted(model.id(), jar, headers(from), Wanted.UNKNOWN, checksum(from)), archive,
                file.sizeBytes() == null ? 0 : file.sizeBytes());
        Path target = staging.resolve("maven-" + file.name().replace("/", "--") + ".member");
        new ArchiveMember("the jar", archive, ref.pathOf(file)).extract(file, target, limits);
        return target;
    }

    /** What the repository says of the jar, without which it is not taken. */
    private Checksum checksum(MavenSettings.Repository from) throws SourceException, InterruptedException {
        Document answer = http.document(address(from, ".jar.sha1"), headers(from), LONGEST_CHECKSUM, limits);
        Matcher sha1 = SHA1.matcher(new String(answer.body(), StandardCharsets.ISO_8859_1));
        if (answer.status() != 200) {
            throw new SourceException(answer.status() == 404 ? ErrorCode.MODEL_NOT_FOUND : ErrorCode.TIMEOUT,
                    "HTTP " + answer.status() + " for the checksum of " + ref.artifact() + " " + ref.version());
        }
        if (!sha1.matches()) {
            throw new SourceException("its checksum of " + ref.artifact() + " is none");
        }
        return new Checksum(Checksum.Kind.SHA1, sha1.group(1).toLowerCase(Locale.ROOT));
    }

    private URI address(MavenSettings.Repository from, String ending) throws SourceException {
        String classifier = ref.classifier().isEmpty() ? "" : "-" + ref.classifier();
        try {
            URI address = URI.create(from.url().replaceFirst("/+$", "") + "/" + ref.group().replace('.', '/') + "/"
                    + ref.artifact() + "/" + ref.version() + "/" + ref.artifact() + "-" + ref.version() + classifier
                    + ending);
            if (Redirect.isWeb(address) && address.getHost() != null && address.getRawUserInfo() == null) {
                return address;
            }
        } catch (IllegalArgumentException _) {
            // told below
        }
        throw new SourceException("the repository of Maven's settings is no web address");
    }

    private static Map<String, String> headers(MavenSettings.Repository from) {
        return from.login().isEmpty()
                ? Map.of()
                : Map.of("Authorization", "Basic "
                        + Base64.getEncoder().encodeToString(from.login().getBytes(StandardCharsets.UTF_8)));
    }
}

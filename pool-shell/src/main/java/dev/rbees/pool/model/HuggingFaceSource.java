package dev.rbees.pool.model;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;

import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;

/**
 * A file of a Hugging Face repository. {@code HF_ENDPOINT} names another server with the same addresses, {@code HF_TOKEN}
 * is sent to it and to no other host.
 */
final class HuggingFaceSource implements ModelSource {

    private static final String DEFAULT_ENDPOINT = "https://huggingface.co";

    private final ModelRef.HuggingFace ref;
    private final String endpoint;
    private final String token;
    private final ResumableDownload download;

    HuggingFaceSource(ModelRef.HuggingFace ref, Map<String, String> environment, ResumableDownload download) {
        this.ref = ref;
        String configured = environment.getOrDefault("HF_ENDPOINT", "").strip();
        this.endpoint = configured.isEmpty() ? DEFAULT_ENDPOINT : configured.replaceFirst("/+$", "");
        this.token = environment.getOrDefault("HF_TOKEN", "").strip();
        this.download = download;
    }

    @Override
    public String name() {
        return endpoint.replaceFirst("^\\w+://", "").replaceFirst("^.*@", "").replaceFirst("/.*$", "");
    }

    @Override
    public Path fetch(CatalogModel model, ModelFile file, Path staging) throws SourceException, InterruptedException {
        Map<String, String> headers = token.isEmpty() ? Map.of() : Map.of("Authorization", "Bearer " + token);
        Path part = staging.resolve("hf-" + file.name() + ".part");
        download.fetch(new Wanted(model.id(), address(), headers, file.sizeBytes(), file.sha256()), part, 0);
        return part;
    }

    private URI address() throws SourceException {
        try {
            URI base = new URI(endpoint);
            if (!HttpGet.isWeb(base) || base.getHost() == null) {
                throw new SourceException("HF_ENDPOINT is no web address");
            }
            String path = base.getPath() + "/" + ref.repository() + "/resolve/" + ref.revision() + "/" + ref.file();
            return new URI(base.getScheme(), base.getAuthority(), path, null, null);
        } catch (URISyntaxException e) {
            throw new SourceException("HF_ENDPOINT is no web address", e);
        }
    }
}

package dev.rbees.pool.model;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.DigestOrigin;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;
import dev.rbees.api.model.PartName;
import dev.rbees.home.Substitute;

/** A file of any web server, which tells at most its size. */
final class WebSource implements ModelSource {

    private final URI address;
    private final HttpGet http;
    private final ResumableDownload download;
    private final DownloadLimits limits;

    WebSource(ModelRef.Web ref, HttpGet http, ResumableDownload download, DownloadLimits limits) {
        this.address = ref.address();
        this.http = http;
        this.download = download;
        this.limits = limits;
    }

    @Override
    public String name() {
        return address.getHost();
    }

    @Override
    public CatalogModel describe(CatalogModel model) throws SourceException, InterruptedException {
        requireFile();
        Optional<PartName> part = model.files().isEmpty() ? PartName.of(fileName(address)) : Optional.empty();
        if (part.isPresent()) {
            String folder = address.toString().substring(0, address.toString().lastIndexOf(fileName(address)));
            String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
            return model.with(part.get().all().stream()
                    .map(name -> new ModelFile(name, null, null, null, List.of(folder + name + query))).toList(), List.of(),
                    DigestOrigin.FIRST_DOWNLOAD);
        }
        List<ModelFile> files = model.files().isEmpty()
                ? List.of(new ModelFile(fileName(address), null, null, null, List.of()))
                : model.files();
        return model.with(files, List.of(address.toString()), DigestOrigin.FIRST_DOWNLOAD);
    }

    /** why: an address with a slip in it is not to become a model. */
    private void requireFile() throws SourceException, InterruptedException {
        Retries.of(limits, http.say(), () -> {
            try (HttpGet.Answer answer = http.get(address, Map.of())) {
                if (answer.status() != 200) {
                    throw new SourceException(answer);
                }
                if (answer.header("Content-Type").startsWith("text/html")) {
                    throw new SourceException(ErrorCode.INVALID_REQUEST, fileName(address) + " "
                            + Substitute.WEB_PAGE.sentence());
                }
                return answer.status();
            }
        });
    }

    /** The last part of an address, without what no file's name should have. */
    static String fileName(URI address) {
        String path = address.getPath();
        return path.substring(path.lastIndexOf('/') + 1).replaceAll("[^\\w.+=, ()-]", "-");
    }

    @Override
    public Path fetch(CatalogModel model, ModelFile file, Path staging) throws SourceException, InterruptedException {
        Path part = staging.resolve("web-" + file.name().replace("/", "--") + ".part");
        long size = file.sizeBytes() == null ? Wanted.UNKNOWN : file.sizeBytes();
        download.fetch(new Wanted(model.id(), address, Map.of(), size, Checksum.of(file)), part, 0);
        return part;
    }
}

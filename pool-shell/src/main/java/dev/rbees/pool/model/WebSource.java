package dev.rbees.pool.model;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.DigestOrigin;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;

/** A file of any web server, which tells at most its size. */
final class WebSource implements ModelSource {

    private final URI address;
    private final ResumableDownload download;

    WebSource(ModelRef.Web ref, ResumableDownload download) {
        this.address = ref.address();
        this.download = download;
    }

    @Override
    public String name() {
        return address.getHost();
    }

    @Override
    public CatalogModel describe(CatalogModel model) {
        List<ModelFile> files = model.files().isEmpty()
                ? List.of(new ModelFile(fileName(address), null, null, null, List.of()))
                : model.files();
        return model.with(files, List.of(address.toString()), DigestOrigin.FIRST_DOWNLOAD);
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

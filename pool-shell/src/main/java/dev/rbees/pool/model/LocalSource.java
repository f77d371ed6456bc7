package dev.rbees.pool.model;

import java.nio.file.Files;
import java.nio.file.Path;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;

/** A file or a folder of this machine. */
final class LocalSource implements ModelSource {

    private final Path path;
    private final LocalCopy copies;

    LocalSource(ModelRef.Local ref, LocalCopy copies) {
        this.path = Path.of(ref.path());
        this.copies = copies;
    }

    @Override
    public String name() {
        return String.valueOf(path.getFileName());
    }

    @Override
    public CatalogModel describe(CatalogModel model) throws SourceException {
        throw new SourceException(ErrorCode.INVALID_REQUEST,
                "a file of this machine is taken over by: rbees-pool models import "
                        + path);
    }

    @Override
    public Path fetch(CatalogModel model, ModelFile file, Path staging) throws SourceException {
        Path from = Files.isDirectory(path) ? path.resolve(file.name()) : path.resolveSibling(file.name());
        Path copy = staging.resolve("file-" + file.name().replace("/", "--") + ".part");
        copies.take(from, copy, model.id(), file, "it has changed since it was imported");
        return copy;
    }
}

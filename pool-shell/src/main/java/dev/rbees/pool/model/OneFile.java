package dev.rbees.pool.model;

import java.util.List;

import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.DigestOrigin;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;

/** Models of one file, of which a source can only tell the name. */
final class OneFile {

    private OneFile() {}

    /**
     * The model as such a source describes it: with the files that are known of it already, else with the one.
     *
     * @param path of the file at its source
     */
    static CatalogModel of(CatalogModel model, String path, ModelRef source) {
        List<ModelFile> files = model.files().isEmpty()
                ? List.of(new ModelFile(path.substring(path.lastIndexOf('/') + 1), null, null, null, List.of()))
                : model.files();
        return model.with(files, List.of(source.toString()), DigestOrigin.SOURCE);
    }
}

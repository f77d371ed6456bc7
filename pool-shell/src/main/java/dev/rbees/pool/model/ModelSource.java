package dev.rbees.pool.model;

import java.nio.file.Path;

import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;

/** A place where a model's files can be had. */
interface ModelSource {

    /** What to call it in a message: its host, as far as it is known before it is asked. */
    String name();

    /**
     * Gets a file into the folder of unfinished downloads; what an earlier run left there is used.
     *
     * @return the complete file, with the catalog's size and digest
     * @throws SourceException when this source does not have it, or cannot be reached
     * @throws dev.rbees.api.error.RbeesException when no source could help, such as a full disk
     */
    Path fetch(CatalogModel model, ModelFile file, Path staging) throws SourceException, InterruptedException;
}

package dev.rbees.pool.model;

import java.nio.file.Path;

import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;

/** A place where a model's files can be had. */
interface ModelSource {

    /** What to call it in a message: its host, as far as it is known before it is asked. */
    String name();

    /**
     * Says what it knows of a model of which it is not known what its files are.
     *
     * @return the model with its files, and the source that has exactly these; what this source cannot tell before the download
     *     stays unknown
     * @throws SourceException when this source does not have it, or cannot be reached
     */
    CatalogModel describe(CatalogModel model) throws SourceException, InterruptedException;

    /**
     * Gets a file into the folder of unfinished downloads; what an earlier run left there is used.
     *
     * @return the complete file, with the size and digest of the model's file where they are known
     * @throws SourceException when this source does not have it, or cannot be reached
     * @throws dev.rbees.api.error.RbeesException when no source could help, such as a full disk
     */
    Path fetch(CatalogModel model, ModelFile file, Path staging) throws SourceException, InterruptedException;
}

package dev.rbees.pool.model;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What the hub tells of a repository at one commit.
 *
 * @param repository {@code org/repo}
 * @param commit that the files are of
 * @param files with plain names
 * @param licence null when it does not tell
 * @param architecture null when it does not tell
 * @param contextLength positions, null when it does not tell
 * @param embeds whether the model is made for embeddings
 */
record HubListing(String repository, String commit, List<HubFile> files, @Nullable String licence,
        @Nullable String architecture, @Nullable Integer contextLength, boolean embeds) {

    /**
     * @param path in the repository
     * @param size in bytes
     * @param sha256 hex, of files in large-file storage; null of others
     * @param gitBlob hex, of files that are not in large-file storage; null of others
     */
    record HubFile(String path, long size, @Nullable String sha256, @Nullable String gitBlob) {

        /** The name without its folder. */
        String name() {
            return path.substring(path.lastIndexOf('/') + 1);
        }

        /** Its folder with a slash at the end, empty for the root. */
        String folder() {
            return path.substring(0, path.lastIndexOf('/') + 1);
        }
    }
}

package dev.rbees.worker.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A revision of a model in the cache of the hub's own tools: {@code models--org--name/snapshots/REVISION}, whose files are links to
 * those in {@code models--org--name/blobs}.
 */
final class HubSnapshot {

    private static final String SNAPSHOTS = "snapshots";
    private static final String MODEL = "models--";

    private HubSnapshot() {}

    /**
     * The file that a link in a snapshot stands for; empty when the link is in none, or leads out of the model's part of the cache,
     * and so perhaps to any file of this machine.
     *
     * @throws IOException when it leads nowhere
     */
    static Optional<Path> target(Path link) throws IOException {
        Optional<Path> model = modelOf(link);
        if (model.isEmpty()) {
            return Optional.empty();
        }
        Path real = link.toRealPath();
        return real.startsWith(model.get().toRealPath()) ? Optional.of(real) : Optional.empty();
    }

    /** The folder {@code models--org--name} that a file lies in, when it lies in one of its snapshots. */
    static Optional<Path> modelOf(Path file) {
        for (Path at = file.toAbsolutePath().normalize().getParent(); at != null; at = at.getParent()) {
            Path model = at.getParent();
            if (at.endsWith(SNAPSHOTS) && model != null && isModel(model.getFileName())) {
                return Optional.of(model);
            }
        }
        return Optional.empty();
    }

    private static boolean isModel(@Nullable Path name) {
        return name != null && name.toString().startsWith(MODEL);
    }
}

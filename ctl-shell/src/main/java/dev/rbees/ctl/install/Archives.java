package dev.rbees.ctl.install;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

import dev.rbees.home.AtomicFile;
import dev.rbees.home.RbeesHome;
import dev.rbees.home.Sha256;

/** Makes archives of an installation, and keeps those of the last version under {@code RBEES_HOME/cache}. */
final class Archives {

    private static final int BUFFER = 64 * 1024;
    private static final String PREFIX = "install-";

    private final RbeesHome home;
    private final Distribution distribution;
    private final Consumer<String> say;
    private final Map<Path, Archive> ready = new HashMap<>();

    /** @param say takes a line for people */
    Archives(RbeesHome home, Distribution distribution, Consumer<String> say) {
        this.home = home;
        this.distribution = distribution;
        this.say = say;
    }

    /**
     * The archive of a version, after making it if need be.
     *
     * @param release what it is an archive of
     * @param runtime files of the Java runtime, below {@code runtime/}; none for the Java of the other machine
     * @throws dev.rbees.api.error.RbeesException STORAGE_UNAVAILABLE when it cannot be written
     */
    Archive of(Release release, List<PackedFile> runtime) {
        Path file = home.cacheRoot().resolve(PREFIX + release.name() + ".tar.gz");
        try {
            Archive archive = ready.get(file);
            if (archive == null) {
                List<PackedFile> files = new ArrayList<>(distribution.files());
                files.addAll(runtime);
                if (!Files.isRegularFile(file)) {
                    make(file, files);
                }
                archive = new Archive(file, Files.size(file), Sha256.of(file), unpacked(files));
                ready.put(file, archive);
            }
            return archive;
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    private void make(Path file, List<PackedFile> files) throws IOException {
        say.accept("packing rbees " + distribution.version());
        Path folder = RbeesHome.directory(home.cacheRoot());
        try (DirectoryStream<Path> older = Files.newDirectoryStream(folder, PREFIX + "*.tar.gz")) {
            for (Path archive : older) {
                if (!ready.containsKey(archive)) {
                    Files.delete(archive);
                }
            }
        }
        Path draft = Files.createTempFile(folder, ".install-", ".tmp");
        try {
            try (TarStream tar = new TarStream(
                    new BufferedOutputStream(new FastGzip(Files.newOutputStream(draft)), BUFFER))) {
                for (PackedFile packed : files) {
                    tar.add(packed);
                }
            }
            AtomicFile.move(draft, file);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static long unpacked(List<PackedFile> files) throws IOException {
        long bytes = 0;
        for (PackedFile file : files) {
            bytes += file.size();
        }
        return bytes;
    }

    /** why: most of it is compressed already, and the usual level takes several times as long for a few percent. */
    private static final class FastGzip extends GZIPOutputStream {

        FastGzip(OutputStream out) throws IOException {
            super(out, BUFFER);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}

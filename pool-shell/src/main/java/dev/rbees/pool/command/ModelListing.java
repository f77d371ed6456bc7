package dev.rbees.pool.command;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.model.DigestOrigin;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.pool.model.DiskUse;
import dev.rbees.pool.model.FileCheck;
import dev.rbees.shell.render.Amounts;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;

/** How models are printed. */
final class ModelListing {

    private static final Column<ModelEntry> ID = Column.text("ID", ModelEntry::id);
    private static final Column<ModelEntry> QUANT = Column.word("QUANT", ModelEntry::quantization);
    private static final Column<ModelEntry> SIZE = Column.number("SIZE", ModelListing::size);

    /** Many models. */
    static final Listing<ModelEntry> MODELS = new Listing<>(ModelEntry::id, List.of(
            ID,
            Column.text("NAME", ModelEntry::name),
            Column.word("FORMAT", ModelEntry::format),
            QUANT,
            SIZE,
            Column.number("CONTEXT", ModelEntry::contextLength),
            Column.text("LICENCE", ModelEntry::licence),
            Column.word("DOWNLOADED", model -> model.downloaded() ? "yes" : "no")));

    /** One model, with what only matters when one looks at it alone. */
    static final Listing<ModelEntry> ONE = new Listing<>(ModelEntry::id, List.of(
            ID,
            Column.text("NAME", ModelEntry::name),
            Column.text("FORMAT", ModelEntry::format),
            Column.text("ARCHITECTURE", ModelEntry::architecture),
            QUANT,
            SIZE,
            Column.number("MEMORY", model -> model.memoryBytes() == null ? null : "~" + Amounts.bytes(model.memoryBytes())),
            Column.number("CONTEXT", ModelEntry::contextLength),
            Column.text("LICENCE", ModelEntry::licence),
            Column.text("SHA256", model -> model.sha256() == null ? "unknown" : model.sha256()),
            Column.text("CHECKED", ModelListing::checked),
            Column.text("SOURCE", ModelEntry::source),
            Column.text("PATH", ModelEntry::path)));

    /** What was found of files. */
    static final Listing<FileCheck> CHECKS = new Listing<>(check -> check.id() + "/" + check.file(), List.of(
            Column.text("MODEL", FileCheck::id),
            Column.text("FILE", FileCheck::file),
            Column.word("STATUS", check -> check.status().wireName()),
            Column.text("SHA256", FileCheck::sha256)));

    /** What takes room. */
    static final Listing<DiskUse> DISK = new Listing<>(DiskUse::name, List.of(
            Column.text("NAME", DiskUse::name),
            Column.text("KIND", DiskUse::kind),
            Column.number("SIZE", use -> Amounts.bytes(use.sizeBytes())),
            Column.text("PATH", DiskUse::path)));

    private ModelListing() {}

    private static @Nullable String size(ModelEntry model) {
        String amount = Amounts.bytes(model.sizeBytes());
        return model.sizeBytes() == 0 ? null : model.sha256() == null ? "~" + amount : amount;
    }

    /** Whether anybody besides its source says that these are the right bytes. */
    private static String checked(ModelEntry model) {
        return model.digestOrigin() == DigestOrigin.CATALOG ? "verified" : "unverified";
    }
}

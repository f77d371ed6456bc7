package dev.rbees.pool.command;

import java.util.List;

import dev.rbees.api.pool.ModelEntry;
import dev.rbees.shell.render.Amounts;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;

/** How models are printed. */
final class ModelListing {

    static final Listing<ModelEntry> MODELS = new Listing<>(ModelEntry::id, List.of(
            Column.text("ID", ModelEntry::id),
            Column.text("NAME", ModelEntry::name),
            Column.text("FORMAT", ModelEntry::format),
            Column.text("QUANT", ModelEntry::quantization),
            Column.number("SIZE", model -> Amounts.bytes(model.sizeBytes())),
            Column.number("CONTEXT", ModelEntry::contextLength),
            Column.text("LICENCE", ModelEntry::licence),
            Column.text("DOWNLOADED", model -> model.downloaded() ? "yes" : "no")));

    private ModelListing() {}
}

package dev.rbees.shell.render;

import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

import dev.rbees.api.json.Json;

/** Records as JSON and YAML, with the same names and values in both. */
public final class Documents {

    private Documents() {}

    /** Indented JSON, without a newline at the end. */
    public static String json(Object value) {
        return Json.writePretty(value);
    }

    /** YAML in block style, ended by a newline. */
    public static String yaml(Object value) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setAllowUnicode(true);
        options.setNonPrintableStyle(DumperOptions.NonPrintableStyle.ESCAPE);
        options.setWidth(Integer.MAX_VALUE);
        // why: through JSON, so that YAML cannot differ from it, and only plain maps, lists and scalars reach the dumper
        return new Yaml(options).dump(Json.read(Json.write(value), Object.class));
    }
}

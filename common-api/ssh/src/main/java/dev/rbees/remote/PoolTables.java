package dev.rbees.remote;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.error.Suggestion;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.cli.Printable;

/** The text of a {@code pools.toml}: read strictly, and changed so that everything else stays as it was written. */
final class PoolTables {

    private static final TomlMapper TOML = new TomlMapper();
    private static final String TABLES = "pools";

    private PoolTables() {}

    /**
     * The pools in the order of the text.
     *
     * @param name of the file, for messages
     * @throws RbeesException INVALID_REQUEST when it is no TOML, or something in it is no pool
     */
    static List<PoolRegistration> read(String text, String name) {
        JsonNode root = tree(text, name);
        for (String key : root.propertyNames()) {
            if (!key.equals(TABLES)) {
                throw refused(name + ": '" + Printable.text(key) + "' is nothing that it may hold, only tables [[pools]]"
                        + Suggestion.sentence(key, List.of(TABLES)));
            }
        }
        JsonNode tables = root.path(TABLES);
        if (!tables.isMissingNode() && !tables.isArray()) {
            throw refused(name + ": pools are tables with the head [[pools]], in two brackets");
        }
        List<PoolRegistration> pools = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (JsonNode table : tables) {
            PoolRegistration pool = new PoolTable(table, name + ", pool " + (pools.size() + 1)).registration();
            if (!ids.add(pool.id())) {
                throw refused(name + ": there are two pools '" + pool.id() + "'; take one of them out");
            }
            pools.add(pool);
        }
        return List.copyOf(pools);
    }

    /** The text with this pool, in the place of the one of its id when there is one. */
    static String with(String text, PoolRegistration pool, String name) {
        Map<String, PoolRegistration> wanted = byId(read(text, name));
        wanted.put(pool.id(), pool);
        List<Block> blocks = blocks(text);
        List<String> parts = new ArrayList<>();
        boolean replaced = false;
        for (Block block : blocks) {
            boolean its = block.holds(pool.id());
            replaced |= its;
            parts.add(its ? block.comments() + PoolTable.text(pool) + block.tail() : block.whole());
        }
        if (!replaced) {
            String before = String.join("", parts);
            parts = new ArrayList<>(List.of(before, gap(before), PoolTable.text(pool)));
        }
        return checked(String.join("", parts), wanted, name);
    }

    /** The text without the pool of this id. */
    static String without(String text, String id, String name) {
        Map<String, PoolRegistration> wanted = byId(read(text, name));
        wanted.remove(id);
        StringBuilder left = new StringBuilder();
        for (Block block : blocks(text)) {
            left.append(block.holds(id) ? block.tail() : block.whole());
        }
        return checked(left.toString(), wanted, name);
    }

    /** why: whatever way of writing TOML the edit does not know, what is written must mean what is wanted. */
    private static String checked(String edited, Map<String, PoolRegistration> wanted, String name) {
        List<PoolRegistration> pools = List.copyOf(wanted.values());
        try {
            if (read(edited, name).equals(pools)) {
                return edited;
            }
        } catch (RbeesException _) {
            // written anew
        }
        return String.join("\n", pools.stream().map(PoolTable::text).toList());
    }

    private static String gap(String before) {
        return before.isBlank() ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    }

    private static Map<String, PoolRegistration> byId(List<PoolRegistration> pools) {
        Map<String, PoolRegistration> byId = new LinkedHashMap<>();
        pools.forEach(pool -> byId.put(pool.id(), pool));
        return byId;
    }

    static JsonNode tree(String text, String name) {
        try {
            return TOML.readTree(text);
        } catch (JacksonException e) {
            String where = e.getLocation() == null || e.getLocation().getLineNr() < 1
                    ? ""
                    : ", line " + e.getLocation().getLineNr();
            throw new RbeesException(ErrorCode.INVALID_REQUEST, name + where + ": this is no TOML: "
                    + Printable.text(String.valueOf(e.getOriginalMessage())), e);
        }
    }

    static RbeesException refused(String why) {
        return new RbeesException(ErrorCode.INVALID_REQUEST, why);
    }

    /** What stands before the first table, then each table with what follows it. */
    private static List<Block> blocks(String text) {
        List<Block> blocks = new ArrayList<>();
        StringBuilder block = new StringBuilder();
        for (String line : text.split("(?<=\n)", -1)) {
            if (line.strip().matches("\\[\\[\\s*pools\\s*]]\\s*(#.*)?")) {
                blocks.add(new Block(block.toString()));
                block.setLength(0);
            }
            block.append(line);
        }
        blocks.add(new Block(block.toString()));
        return blocks;
    }

    /** A table as it is written, up to the next one. */
    private record Block(String whole) {

        boolean holds(String id) {
            return id.equals(id());
        }

        private @Nullable String id() {
            try {
                return tree(whole, TABLES).path(TABLES).path(0).path("id").asString(null);
            } catch (RbeesException _) {
                return null;
            }
        }

        /** The lines of comment between its head and its last value. */
        String comments() {
            StringBuilder comments = new StringBuilder();
            whole.substring(0, whole.length() - tail().length()).lines().filter(line -> line.strip().startsWith("#"))
                    .forEach(line -> comments.append(line).append('\n'));
            return comments.toString();
        }

        /** Empty lines and comments after its last value, which belong to what comes next. */
        String tail() {
            String[] lines = whole.split("(?<=\n)", -1);
            int from = lines.length;
            while (from > 0 && (lines[from - 1].isBlank() || lines[from - 1].strip().startsWith("#"))) {
                from--;
            }
            return String.join("", List.of(lines).subList(from, lines.length));
        }
    }
}

package dev.rbees.remote;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.Ids;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.error.Suggestion;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.cli.Printable;

/**
 * One table {@code [[pools]]}.
 *
 * @param table what it holds
 * @param where it stands, for messages
 */
record PoolTable(JsonNode table, String where) {

    private static final List<String> KEYS = List.of("id", "host", "port", "user", "path", "labels", "on_demand", "tunnel",
            "host_keys", "key_file");
    /** Other names of keys, by which they were called before. */
    private static final Map<String, String> ALIASES = Map.of("ssh_user", "user", "ssh_key", "key_file", "repo_path",
            "path");
    private static final Pattern BARE_KEY = Pattern.compile("[A-Za-z0-9_-]+");

    /** @throws RbeesException INVALID_REQUEST when a key is unknown, missing, or holds the wrong kind of value */
    PoolRegistration registration() {
        for (String key : table.propertyNames()) {
            String other = ALIASES.get(key);
            if (other != null && table.has(other)) {
                throw refused(key + " is another name of " + other + "; leave one of them out");
            }
            if (other == null && !KEYS.contains(key)) {
                throw refused("'" + Printable.text(key) + "' is nothing that it may hold" + Suggestion.sentence(key, KEYS));
            }
        }
        String id = text("id");
        String host = text("host");
        if (id == null || host == null) {
            throw refused((id == null ? "id" : "host") + " is missing");
        }
        if (!Ids.isId(id)) {
            throw refused(
                    "id must be 1 to 64 letters, digits, dots, dashes or underscores and begin with a letter or digit");
        }
        PoolRegistration pool = new PoolRegistration(id, host, port(), text("user"), text("path"), labels(),
                flag("on_demand"), flag("tunnel"), hostKeys(), text("key_file"));
        address(pool);
        return pool;
    }

    /** why: a name that is none is told here, with its place, and not when it is used. */
    private void address(PoolRegistration pool) {
        String user = pool.user() == null ? "" : pool.user() + "@";
        String host = pool.host().contains(":") ? "[" + pool.host() + "]" : pool.host();
        try {
            RemoteHost.parse(user + host);
        } catch (RbeesException e) {
            throw refused("host and user must be as SSH names them: " + e.userMessage());
        }
    }

    private @Nullable String text(String key) {
        String alias = ALIASES.entrySet().stream().filter(one -> one.getValue().equals(key)).map(Map.Entry::getKey)
                .findFirst()
                .orElse(key);
        JsonNode value = table.has(key) ? table.path(key) : table.path(alias);
        if (value.isMissingNode()) {
            return null;
        }
        if (!value.isString() || value.asString().isBlank()) {
            throw refused(key + " must be a text in quotes");
        }
        return value.asString();
    }

    private @Nullable Integer port() {
        JsonNode value = table.path("port");
        if (value.isMissingNode()) {
            return null;
        }
        if (!value.isInt() || value.asInt() < 1 || value.asInt() > 65535) {
            throw refused("port must be a whole number from 1 to 65535");
        }
        return value.asInt();
    }

    private boolean flag(String key) {
        JsonNode value = table.path(key);
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw refused(key + " must be true or false");
        }
        return value.asBoolean(false);
    }

    private Map<String, String> labels() {
        JsonNode value = table.path("labels");
        Map<String, String> labels = new LinkedHashMap<>();
        if (!value.isMissingNode() && !value.isObject()) {
            throw refused("labels must be written as { room = \"cellar\" }");
        }
        value.properties().forEach(label -> {
            if (!label.getValue().isString()) {
                throw refused("the label '" + Printable.text(label.getKey()) + "' must be a text in quotes");
            }
            labels.put(label.getKey(), label.getValue().asString());
        });
        return labels;
    }

    private List<String> hostKeys() {
        JsonNode value = table.path("host_keys");
        List<String> keys = new ArrayList<>();
        for (JsonNode key : value) {
            if (!key.isString() || !key.asString().matches("[a-z0-9@.-]+ [A-Za-z0-9+/=]+")) {
                throw refused("host_keys must be texts of a type and a key, as in known_hosts: \"ssh-ed25519 AAAA…\"");
            }
            keys.add(key.asString());
        }
        if (!value.isMissingNode() && !value.isArray()) {
            throw refused("host_keys must be written as [ \"ssh-ed25519 AAAA…\" ]");
        }
        return keys;
    }

    private RbeesException refused(String why) {
        return PoolTables.refused(where + ": " + why);
    }

    /** A pool as a table, with its head and ended by a newline; what is not said is left out. */
    static String text(PoolRegistration pool) {
        StringBuilder table = new StringBuilder("[[pools]]\n");
        line(table, "id", quoted(pool.id()));
        line(table, "host", quoted(pool.host()));
        line(table, "port", pool.port());
        line(table, "user", pool.user() == null ? null : quoted(pool.user()));
        line(table, "path", pool.path() == null ? null : quoted(pool.path()));
        line(table, "labels", pool.labels().isEmpty() ? null
                : new TreeMap<>(pool.labels()).entrySet().stream()
                        .map(label -> key(label.getKey()) + " = " + quoted(label.getValue()))
                        .collect(Collectors.joining(", ", "{ ", " }")));
        line(table, "on_demand", pool.onDemand() ? true : null);
        line(table, "tunnel", pool.tunnel() ? true : null);
        line(table, "host_keys", pool.hostKeys().isEmpty() ? null
                : pool.hostKeys().stream().map(PoolTable::quoted).collect(Collectors.joining(", ", "[ ", " ]")));
        line(table, "key_file", pool.keyFile() == null ? null : quoted(pool.keyFile()));
        return table.toString();
    }

    private static void line(StringBuilder table, String key, @Nullable Object value) {
        if (value != null) {
            table.append(key).append(" = ").append(value).append('\n');
        }
    }

    private static String key(String name) {
        return BARE_KEY.matcher(name).matches() ? name : quoted(name);
    }

    /** A text as TOML has it between double quotes. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (Character.isISOControl(c)) {
                quoted.append("\\u%04X".formatted(c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }
}

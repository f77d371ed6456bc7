package dev.rbees.orchestrator.pool;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.Ids;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.RequestFields;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.remote.RemoteHost;

/** Reads the bodies of requests about pools. */
public final class PoolRequest {

    private static final int MOST_LABELS = 64;
    private static final int LONGEST_LABEL = 256;
    private static final int MOST_KEYS = 16;
    private static final int LONGEST_KEY = 8192;
    private static final int LONGEST_PATH = 1024;
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");
    private static final Pattern HOST_KEY = Pattern.compile("[a-z0-9@.-]+ [A-Za-z0-9+/=]+");
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,62}");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private PoolRequest() {}

    /** @throws RbeesException INVALID_REQUEST with all problems */
    public static PoolRegistration registration(byte[] body) {
        RequestFields fields = RequestFields.of(body);
        String id = fields.requiredText("id");
        if (id != null && !Ids.isId(id)) {
            fields.reject("id", "identifier",
                    "id must be 1 to 64 letters, digits, dots, dashes or underscores and begin with a letter or digit");
        }
        String host = host(fields);
        Long port = fields.integer("port", 1, 65535);
        String user = matching(fields, "user", USER, "user", "user must be the name of a login there");
        String path = path(fields, "path", "an absolute path of that machine, or begin with ~/");
        Map<String, String> labels = labels(fields);
        boolean onDemand = fields.flag("on_demand", false);
        boolean tunnel = fields.flag("tunnel", false);
        List<String> hostKeys = fields.texts("host_keys", MOST_KEYS, LONGEST_KEY);
        if (!hostKeys.stream().allMatch(key -> HOST_KEY.matcher(key).matches())) {
            fields.reject("host_keys", "host_key",
                    "host_keys must be a type and a key each, as in known_hosts: ssh-ed25519 AAAA…");
        }
        String keyFile = path(fields, "key_file", "an absolute path of the orchestrator's machine");
        fields.rejectUnknown();
        fields.finish();
        if (id == null || host == null) {
            throw new IllegalStateException("finish() refuses what is missing");
        }
        return new PoolRegistration(id, host, port == null ? null : port.intValue(), user, path, labels, onDemand, tunnel,
                hostKeys, keyFile);
    }

    /**
     * Whether a pool is to be drained.
     *
     * @throws RbeesException INVALID_REQUEST with all problems
     */
    public static boolean draining(byte[] body) {
        RequestFields fields = RequestFields.of(body);
        if (!fields.has("draining")) {
            fields.reject("draining", "required", "draining is required: true or false");
        }
        boolean draining = fields.flag("draining", true);
        fields.rejectUnknown();
        fields.finish();
        return draining;
    }

    private static @Nullable String host(RequestFields fields) {
        String host = fields.requiredText("host");
        if (host == null) {
            return null;
        }
        try {
            RemoteHost named = RemoteHost.parse(host);
            if (named.user().isEmpty() && named.port().isEmpty()) {
                return host;
            }
            fields.reject("host", "host", "host is a name or an address; who logs in and the port stand in user and port");
        } catch (RbeesException e) {
            fields.reject("host", "host", e.userMessage());
        }
        return null;
    }

    private static @Nullable String matching(RequestFields fields, String name, Pattern form, String constraint,
            String message) {
        String text = fields.text(name);
        if (text != null && !form.matcher(text).matches()) {
            fields.reject(name, constraint, message);
        }
        return text;
    }

    private static @Nullable String path(RequestFields fields, String name, String what) {
        String text = fields.text(name);
        boolean home = name.equals("path") && text != null && text.startsWith("~/");
        if (text != null && (text.length() > LONGEST_PATH || CONTROL.matcher(text).find()
                || !(text.startsWith("/") || home))) {
            fields.reject(name, "path", name + " must be " + what + ", at most " + LONGEST_PATH + " characters long");
        }
        return text;
    }

    private static Map<String, String> labels(RequestFields fields) {
        JsonNode value = fields.value("labels");
        Map<String, String> labels = new LinkedHashMap<>();
        if (value == null) {
            return labels;
        }
        boolean sound = value.isObject() && value.size() <= MOST_LABELS && value.propertyStream()
                .allMatch(label -> LABEL.matcher(label.getKey()).matches() && label.getValue().isString()
                        && label.getValue().asString().length() <= LONGEST_LABEL
                        && !CONTROL.matcher(label.getValue().asString()).find());
        if (!sound) {
            fields.reject("labels", "labels", "labels must be at most " + MOST_LABELS
                    + " texts by name, such as {\"room\": \"cellar\"}; a text has at most " + LONGEST_LABEL + " characters");
            return labels;
        }
        value.propertyStream().forEach(label -> labels.put(label.getKey(), label.getValue().asString()));
        return labels;
    }
}

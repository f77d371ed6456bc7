package dev.rbees.pool.model;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.ModelRef;

/** What people type for a model, read without asking anybody but this machine's disk. */
final class TypedReference {

    /** Characters. */
    static final int LONGEST = 4096;

    private static final String HUB_HOST = "(?:https?://)?(?:www\\.)?(?:hf\\.co|huggingface\\.co)";
    private static final Pattern HUB = Pattern.compile(
            HUB_HOST + "/([\\w.-]{1,96}/[\\w.-]{1,96})(?::([\\w.-]{1,64}))?/?");
    private static final Pattern HUB_PAGE = Pattern.compile(HUB_HOST
            + "/([\\w.-]{1,96}/[\\w.-]{1,96})/(tree|blob|resolve)/([\\w.-]{1,128})(?:/([^?#]{1,256}))?(?:[?#].*)?");

    private TypedReference() {}

    /** Where it comes from, when it was typed as a reference. */
    static Optional<ModelRef> source(String typed) {
        if (typed.length() > LONGEST) {
            return Optional.empty();
        }
        Matcher hub = HUB.matcher(typed);
        if (hub.matches()) {
            return Optional.of(new ModelRef.HubRepository(hub.group(1), "main", hub.group(2)));
        }
        Matcher page = HUB_PAGE.matcher(typed);
        if (page.matches()) {
            @Nullable
            String file = page.group(4);
            return Optional.of(file == null || page.group(2).equals("tree")
                    ? new ModelRef.HubRepository(page.group(1), page.group(3), null)
                    : ModelRef.parse("hf:" + page.group(1) + "@" + page.group(3) + "::" + file));
        }
        if (typed.matches("(?i)(https?|hf|pypi|maven|ollama|file):.*")) {
            return Optional.of(ModelRef.parse(typed));
        }
        return Optional.empty();
    }

    /** The file or folder of this machine that it names. */
    static Optional<Path> path(String typed) {
        try {
            boolean home = typed.startsWith("~/");
            Path path = home ? Path.of(System.getProperty("user.home"), typed.substring(2)) : Path.of(typed);
            boolean looksLikeOne = home || typed.contains("/") || typed.endsWith(".gguf");
            return !typed.isBlank() && looksLikeOne && Files.exists(path) ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException _) {
            return Optional.empty();
        }
    }

    /** The reference in the form in which catalogs keep it; what is none stays as it is. */
    static String canonical(String typed) {
        try {
            return source(typed).map(ModelRef::toString).orElse(typed);
        } catch (RbeesException _) {
            return typed;
        }
    }

    /** Whether it is a reference, or names what lies on this machine; else it can only be an id. */
    static boolean isOne(String typed) {
        return typed.length() <= LONGEST && (source(typed).isPresent() || path(typed).isPresent());
    }

    /** Whether it was meant as the path of a file, be it there or not. */
    static boolean looksLikePath(String typed) {
        return typed.length() <= LONGEST && (typed.startsWith("/") || typed.startsWith("./") || typed.startsWith("../")
                || typed.endsWith(".gguf"));
    }

    /** Whether it is an address at the hub, be it one of a repository or not. */
    static boolean isAtHub(String typed) {
        return typed.matches(HUB_HOST + "(/.*)?");
    }
}

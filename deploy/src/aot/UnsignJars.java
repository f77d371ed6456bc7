import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Takes the signatures out of the jars of a folder. Java keeps no class of a signed jar in an AOT cache and checks each one
 * that it loads; of BouncyCastle an SSH connection needs some eight hundred. What the build takes is checked by its own
 * checksums, and the distribution has its own.
 */
final class UnsignJars {

    private UnsignJars() {}

    public static void main(String[] args) throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(Path.of(args[0]))) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
        for (Path jar : jars) {
            try (FileSystem content = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of())) {
                Path folder = content.getPath("META-INF");
                List<Path> signatures;
                try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.of()) {
                    signatures = files.filter(file -> file.toString().matches(".*\\.(SF|RSA|DSA|EC)")).toList();
                }
                for (Path signature : signatures) {
                    Files.delete(signature);
                }
            }
        }
    }
}

package dev.rbees.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a program prints, compared with a file below {@code src/test/resources/golden} of the module. With
 * {@code -Dgolden.update=true} the files are written instead; read the difference before you commit it.
 */
public final class Golden {

    private static final Path FOLDER = Path.of("src", "test", "resources", "golden");

    private Golden() {}

    /** @param name of the file */
    public static void check(String name, String printed) {
        Path file = FOLDER.resolve(name);
        try {
            if (Boolean.getBoolean("golden.update")) {
                Files.createDirectories(FOLDER);
                Files.writeString(file, printed);
            }
            assertThat(printed).as(name).isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new AssertionError("there is no " + file + "; -Dgolden.update=true writes it", e);
        }
    }
}

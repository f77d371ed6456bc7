package dev.rbees.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a program prints, compared with a file below {@code src/test/resources/golden} of the module. With
 * {@code -Drbees.golden=write} the files are written anew; read the difference before you commit it.
 */
public final class Golden {

    private static final Path FOLDER = Path.of("src", "test", "resources", "golden");

    private Golden() {}

    /** @param name of the file */
    public static void check(String name, String printed) {
        Path file = FOLDER.resolve(name);
        try {
            if ("write".equals(System.getProperty("rbees.golden"))) {
                Files.createDirectories(FOLDER);
                Files.writeString(file, printed);
            }
            assertThat(printed).as(name).isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new AssertionError("there is no " + file + "; -Drbees.golden=write writes it", e);
        }
    }
}

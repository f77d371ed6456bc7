package dev.rbees.ctl.install;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A machine to install on: the sh of this one, with a home folder and a PATH of its own. */
final class LocalShell implements RemoteShell {

    private final Path home;
    private final Path tools;
    private String first = "";

    /** @param folder for the home folder, and for programs that stand in PATH before those of the machine */
    LocalShell(Path folder) throws IOException {
        home = Files.createDirectories(folder.resolve("home"));
        tools = Files.createDirectories(folder.resolve("tools"));
    }

    Path home() {
        return home;
    }

    /** Where an installation lies. */
    Path root() {
        return home.resolve(InstallFolder.USUAL.path());
    }

    Path tools() {
        return tools;
    }

    /** Shell code to run before each script. */
    void begin(String code) {
        first = code + "\n";
    }

    /** Puts a program into its PATH. */
    void tool(String name, String script) throws IOException {
        FakeDistribution.program(tools.resolve(name), script);
    }

    /** There while nobody listens any more to what a script says. */
    Path unheard() {
        return home.resolveSibling("unheard");
    }

    @Override
    public int script(String script, InputStream input, OutputStream out, OutputStream err) {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", first + script);
        builder.environment().clear();
        builder.environment().put("HOME", home.toString());
        builder.environment().put("PATH", tools + ":/usr/bin:/bin");
        try {
            Files.deleteIfExists(unheard());
            Process process = builder.start();
            Thread feeder = Thread.ofVirtual().start(() -> feed(input, process));
            Thread talk = Thread.ofVirtual().start(() -> drain(process.getErrorStream(), err));
            drain(process.getInputStream(), out);
            Files.createFile(unheard());
            talk.join();
            int status = process.waitFor();
            feeder.join();
            return status;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void feed(InputStream input, Process process) {
        try (OutputStream to = process.getOutputStream()) {
            input.transferTo(to);
        } catch (IOException _) {
            // the script did not want all of it
        }
    }

    /** A reader that fails has gone away. */
    private static void drain(InputStream from, OutputStream to) {
        try (from) {
            from.transferTo(to);
        } catch (IOException _) {
            // the script is gone, or the reader is
        }
    }
}

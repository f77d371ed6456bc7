package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.rbees.home.RbeesHome;
import dev.rbees.home.SecretFile;

/** The files of the journal: numbered from 1 as they were begun, their owner's alone; damaged ones are kept beside the others. */
final class JournalFolder {

    private static final Pattern SEGMENT = Pattern.compile("\\d{12}\\.journal");
    private static final Pattern ANY = Pattern.compile("\\d{12}\\.journal(\\.damaged)?");
    private static final String WHAT = "the journal";

    private final Path folder;
    private long number;

    /**
     * Makes the folder when it is not there.
     *
     * @throws dev.rbees.api.error.RbeesException FORBIDDEN when others may use it or one of the files
     */
    JournalFolder(Path folder) throws IOException {
        this.folder = RbeesHome.directory(folder);
        SecretFile.requireFolder(folder, WHAT);
        for (Path file : files(ANY)) {
            SecretFile.require(file, WHAT);
            number = Math.max(number, Long.parseLong(file.getFileName().toString().substring(0, 12)));
        }
    }

    /** What there is to read, the oldest first. */
    List<Path> segments() throws IOException {
        return files(SEGMENT);
    }

    private List<Path> files(Pattern name) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> name.matcher(file.getFileName().toString()).matches()).sorted().toList();
        }
    }

    /** Begins another file. For one thread. */
    JournalSegment next() throws IOException {
        return JournalSegment.create(folder.resolve(String.format("%012d.journal", ++number)));
    }

    /** Puts a file aside, where nobody reads it again but a person; its new name. */
    static Path quarantine(Path segment) throws IOException {
        return Files.move(segment, segment.resolveSibling(segment.getFileName() + ".damaged"));
    }
}

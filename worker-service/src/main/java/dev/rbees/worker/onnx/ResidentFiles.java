package dev.rbees.worker.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The files of a model as they were when it was loaded. Weights are mapped into memory from them: what is written into such
 * a file changes the answers of the model, and what is cut off it ends the process.
 */
final class ResidentFiles {

    private record Mark(Path file, long bytes, FileTime changed, @Nullable Object identity) {

        static Mark of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Mark(file, attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
        }
    }

    private final List<Mark> marks;

    private ResidentFiles(List<Mark> marks) {
        this.marks = marks;
    }

    static ResidentFiles of(Path... files) throws IOException {
        List<Mark> marks = new ArrayList<>();
        for (Path file : files) {
            marks.add(Mark.of(file));
        }
        return new ResidentFiles(List.copyOf(marks));
    }

    /** What has happened to one of them; empty when all are as they were. */
    Optional<String> problem() {
        for (Mark mark : marks) {
            Path name = Objects.requireNonNull(mark.file().getFileName());
            try {
                if (!Mark.of(mark.file()).equals(mark)) {
                    return Optional.of("the model's file " + name + " was changed while the model was in use");
                }
            } catch (IOException _) {
                return Optional.of("the model's file " + name + " was removed while the model was in use");
            }
        }
        return Optional.empty();
    }
}

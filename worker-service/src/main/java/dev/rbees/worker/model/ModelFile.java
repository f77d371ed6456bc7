package dev.rbees.worker.model;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

import dev.rbees.api.error.RbeesException;
import dev.rbees.home.Substitute;

/**
 * The files of a model, which anybody may have put there. Only regular files are read; none through a link, because it could lead to
 * any file of this machine, but for those of a hub's cache, which stay in it ({@link HubSnapshot}); none beyond the length that it had at first, because some never end; and none that only stands for a
 * file that was not fetched.
 */
public final class ModelFile {

    private ModelFile() {}

    /** Whether there is anything of that name, be it a file that will not be read. */
    public static boolean isThere(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * The length of a file.
     *
     * @throws RbeesException MODEL_LOAD_FAILED when it is not there, a link, or no regular file
     */
    public static long size(Path file) {
        try {
            BasicFileAttributes found = Files.readAttributes(located(file), BasicFileAttributes.class,
                    LinkOption.NOFOLLOW_LINKS);
            if (!found.isRegularFile()) {
                throw ModelFault.of("the model's file " + name(file) + " is no regular file, and is not read");
            }
            return found.size();
        } catch (NoSuchFileException e) {
            throw ModelFault.of("the model's folder has no regular file " + name(file)
                    + "; download or export the model again", e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Whether this is a link of a hub's cache, which is followed when the file is read. */
    public static boolean isHubLink(Path file) {
        return Files.isSymbolicLink(file) && HubSnapshot.modelOf(file).isPresent();
    }

    /**
     * Where the bytes of a file lie: there, or where a link of a hub's cache leads.
     *
     * @throws RbeesException MODEL_LOAD_FAILED when it is another link
     */
    private static Path located(Path file) throws IOException {
        if (!Files.isSymbolicLink(file)) {
            return file;
        }
        return HubSnapshot.target(file).orElseThrow(() -> ModelFault
                .of("the model's file " + name(file) + " is a link, which is not allowed because it could lead"
                        + " to any file of this machine; put a copy there"));
    }

    /**
     * All of a small file.
     *
     * @param most bytes that it may have
     * @throws RbeesException MODEL_LOAD_FAILED when it is larger, or is not read, or cannot be
     */
    public static byte[] bytes(Path file, long most) {
        try (InputStream in = stream(file, most)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * A file to be read once, which ends where it ended when it was opened.
     *
     * @param most bytes that it may have
     * @throws RbeesException MODEL_LOAD_FAILED when it is larger, or is not read
     */
    public static InputStream stream(Path file, long most) throws IOException {
        long size = size(file);
        if (size > most) {
            throw ModelFault.of("the model's file " + name(file) + " has " + size + " bytes, more than " + most
                    + "; the file is damaged");
        }
        return new Limited(Channels.newInputStream(open(file)), size);
    }

    /**
     * A file in memory, as long as the arena lives.
     *
     * @throws RbeesException MODEL_LOAD_FAILED when it is not read
     */
    public static MemorySegment map(Path file, Arena arena) throws IOException {
        size(file);
        try (FileChannel channel = open(file)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    /**
     * Looks at the beginning of a file that something else will read.
     *
     * @throws RbeesException MODEL_LOAD_FAILED when it is not read, or is no file of a model at all
     */
    public static void requireFetched(Path file) throws IOException {
        size(file);
        open(file).close();
    }

    private static FileChannel open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(located(file), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        Optional<Substitute> substitute = Substitute.of(channel);
        if (substitute.isPresent()) {
            channel.close();
            throw ModelFault.of("the model's file " + name(file) + " " + substitute.get().sentence());
        }
        return channel;
    }

    private static RbeesException unreadable(Path file, IOException e) {
        return ModelFault.of("the model's file " + name(file) + " cannot be read; check its permissions", e);
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    /** The first bytes of another stream. */
    private static final class Limited extends InputStream {

        private final InputStream all;
        private long left;

        Limited(InputStream all, long most) {
            this.all = all;
            this.left = most;
        }

        @Override
        public int read() throws IOException {
            int octet = left == 0 ? -1 : all.read();
            left -= octet < 0 ? 0 : 1;
            return octet;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0 && length > 0) {
                return -1;
            }
            int count = all.read(target, offset, (int) Math.min(length, left));
            left -= Math.max(0, count);
            return count;
        }

        @Override
        public void close() throws IOException {
            all.close();
        }
    }
}

package dev.rbees.home;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** Keeps two processes of one user from doing the same thing at a time. The system gives it up when the process ends. */
public final class LockFile implements AutoCloseable {

    private final FileChannel channel;

    private LockFile(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock; waits while another process has it.
     *
     * @param onWait called once, before waiting
     * @throws RbeesException STORAGE_UNAVAILABLE when the file cannot be opened
     */
    @SuppressWarnings("MustBeClosedChecker")
    public static LockFile acquire(Path file, Runnable onWait) {
        RbeesHome.directory(RbeesHome.folderOf(file));
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                onWait.run();
                lock = channel.lock();
            }
            return new LockFile(channel);
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot lock " + file, e);
        }
    }

    /**
     * Takes the lock, unless another process has it.
     *
     * @throws RbeesException STORAGE_UNAVAILABLE when the file cannot be opened
     */
    @SuppressWarnings("MustBeClosedChecker")
    public static Optional<LockFile> tryAcquire(Path file) {
        RbeesHome.directory(RbeesHome.folderOf(file));
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                return Optional.of(new LockFile(channel));
            }
            channel.close();
            return Optional.empty();
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot lock " + file, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot give up a lock", e);
        }
    }
}

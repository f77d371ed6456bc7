package dev.rbees.home;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot give up a lock", e);
        }
    }
}

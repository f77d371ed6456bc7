package dev.rbees.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.LockFile;
import dev.rbees.home.RbeesHome;

/**
 * {@code pools.toml}: the pools that somebody has registered, a table {@code [[pools]]} for each with {@code id}, {@code host}
 * and, where they are wanted, {@code port}, {@code user}, {@code path}, {@code labels}, {@code on_demand}, {@code tunnel},
 * {@code host_keys} and {@code key_file}. People may write it by hand: what is not changed stays as they wrote it. For any
 * thread and any number of programs of one user.
 *
 * @param file it need not exist
 */
public record PoolsFile(Path file) {

    /** Its name in the folder of rbees. */
    public static final String NAME = "pools.toml";

    private static final long LARGEST = 1024 * 1024;
    /** why: the file's own lock keeps other processes out, not other threads of this one. */
    private static final ReentrantLock THREADS = new ReentrantLock();

    /** The operator's. */
    public static PoolsFile of(RbeesHome home) {
        return new PoolsFile(home.root().resolve(NAME));
    }

    /**
     * The pools, in the order of the file.
     *
     * @throws RbeesException INVALID_REQUEST when it cannot be read, or holds anything that is no pool
     */
    public List<PoolRegistration> read() {
        return PoolTables.read(text(), file.toString());
    }

    /** The pool of this id. */
    public Optional<PoolRegistration> find(String id) {
        return read().stream().filter(pool -> pool.id().equals(id)).findFirst();
    }

    /** Writes a pool down, in the place of the one of that id when there is one. */
    public void put(PoolRegistration pool) {
        change(text -> PoolTables.with(text, pool, file.toString()));
    }

    /** Takes a pool out of it. */
    public boolean remove(String id) {
        if (find(id).isEmpty()) {
            return false;
        }
        change(text -> PoolTables.without(text, id, file.toString()));
        return true;
    }

    private void change(UnaryOperator<String> edit) {
        Path folder = RbeesHome.folderOf(file);
        THREADS.lock();
        try (LockFile _ = LockFile.acquire(folder.resolve("." + NAME + ".lock"), () -> {})) {
            AtomicFile.write(file, edit.apply(text()));
        } finally {
            THREADS.unlock();
        }
    }

    private String text() {
        try {
            if (Files.notExists(file)) {
                return "";
            }
            if (Files.size(file) > LARGEST) {
                throw unreadable("is larger than " + LARGEST + " bytes", null);
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw unreadable("cannot be read; is it yours, and text in UTF-8?", e);
        }
    }

    private RbeesException unreadable(String why, @Nullable Exception cause) {
        return new RbeesException(ErrorCode.INVALID_REQUEST, file + " " + why, cause);
    }
}

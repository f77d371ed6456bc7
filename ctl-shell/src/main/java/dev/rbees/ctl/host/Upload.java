package dev.rbees.ctl.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import dev.rbees.cli.UsageException;
import dev.rbees.remote.RemoteCommand;
import dev.rbees.remote.ShellQuote;

/**
 * A file of this machine that a command of another one is given. It lies there in a folder of its own that only its owner may
 * read, and goes away with the command, however that ends.
 */
final class Upload implements AutoCloseable {

    /**
     * {@code $n} is the name of the file, {@code $size} its bytes, {@code $path} a folder to look in first; {@code run} runs
     * the command with what is in {@code $p} on {@code $f}. As for any command, the end of the input ends it.
     */
    private static final String SCRIPT = """
                                         umask 077
                                         h=${RBEES_HOME:-$HOME/.rbees}/staging
                                         mkdir -p "$h" && t=$(mktemp -d "$h/upload-XXXXXXXX") || exit 1
                                         trap 'rm -rf "$t"' EXIT
                                         trap 'exit 143' HUP INT TERM
                                         case $path in "~/"*) path="$HOME/${path#"~/"}";; esac
                                         if [ -n "$path" ] && [ -x "$path/rbees-pool" ]; then p="$path/rbees-pool"
                                         elif p=$(command -v rbees-pool) && [ -x "$p" ]; then :
                                         else p="$HOME/%s/rbees-pool"; fi
                                         [ -x "$p" ] || exit %d
                                         f="$t/$n"
                                         head -c "$size" >"$f" || exit 1
                                         if [ "$(wc -c <"$f")" -ne "$size" ]; then
                                           echo "error: the upload broke off, or the disk is full" >&2; exit 1
                                         fi
                                         exec 3<&0 </dev/null
                                         run 3<&- &
                                         c=$!
                                         { while read -r x; do :; done; kill -TERM $c; sleep 10; kill -KILL $c; } <&3 >/dev/null 2>&1 &
                                         w=$!
                                         exec 3<&-
                                         wait $c; s=$?
                                         kill $w 2>/dev/null
                                         exit $s
                                         """.formatted(RemoteCommand.INSTALLED, RemoteCommand.NOT_FOUND);

    private final String name;
    private final long size;
    private final InputStream content;
    private final CountDownLatch over = new CountDownLatch(1);

    private Upload(String name, long size, InputStream content) {
        this.name = name;
        this.size = size;
        this.content = content;
    }

    /** @throws UsageException when it is no file that can be read */
    static Upload of(Path file) throws IOException {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new UsageException("--upload takes one file of this machine that can be read, and " + file + " is none");
        }
        return new Upload(String.valueOf(file.getFileName()), Files.size(file), Files.newInputStream(file));
    }

    /** Receives the file and runs the command on it. */
    String script(Optional<String> path, List<String> words) {
        return "n=" + ShellQuote.quote(name) + " size=" + size + " path=" + ShellQuote.quote(path.orElse("")) + "\n"
                + "run() { exec \"$p\" " + ShellQuote.join(words) + " \"$f\"; }\n" + SCRIPT;
    }

    /** The file, and then nothing for as long as the command runs: the lease that keeps it alive. */
    InputStream input() {
        return new SequenceInputStream(content, new InputStream() {
            @Override
            public int read() throws IOException {
                try {
                    over.await();
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
                return -1;
            }

            @Override
            public int read(byte[] bytes, int from, int count) throws IOException {
                return read();
            }
        });
    }

    @Override
    public void close() throws IOException {
        over.countDown();
        content.close();
    }
}

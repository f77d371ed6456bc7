package dev.rbees.ctl.host;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** What a command prints, kept up to a limit. For several threads. */
public final class CapturedOutput extends OutputStream {

    private static final int MOST = 16 * 1024 * 1024;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean tooMuch;

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int count) {
        int room = Math.min(count, MOST - kept.size());
        kept.write(bytes, from, room);
        tooMuch |= room < count;
    }

    /**
     * All of it, in UTF-8.
     *
     * @throws RbeesException PAYLOAD_TOO_LARGE when it was more than 16 MiB
     */
    public synchronized String text() {
        if (tooMuch) {
            throw new RbeesException(ErrorCode.PAYLOAD_TOO_LARGE,
                    "it prints more than " + MOST / 1024 / 1024 + " MiB; ask this host alone");
        }
        return kept.toString(StandardCharsets.UTF_8);
    }

    /** Its last line that begins so, without that beginning; empty for none. */
    synchronized String lastLine(String beginning) {
        return Arrays.stream(kept.toString(StandardCharsets.UTF_8).split("[\n\r]", -1))
                .filter(line -> line.startsWith(beginning)).reduce("", (_, line) -> line.substring(beginning.length()));
    }
}

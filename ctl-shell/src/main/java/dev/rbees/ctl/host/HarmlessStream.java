package dev.rbees.ctl.host;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Lets through what another machine prints, but no terminal commands: control characters other than tab and newline are
 * dropped, in both of their encodings. Bytes pass as they come; nothing is kept back but a half character.
 */
final class HarmlessStream extends FilterOutputStream {

    /** The first byte of the two that UTF-8 writes for the control characters U+0080 to U+009F, and for harmless ones. */
    private static final int LEAD = 0xC2;

    private final boolean rewriting;
    private boolean leadHeld;

    HarmlessStream(OutputStream out) {
        this(out, false);
    }

    /** @param rewriting whether a line may be begun anew, as a line of progress on a terminal is */
    HarmlessStream(OutputStream out, boolean rewriting) {
        super(out);
        this.rewriting = rewriting;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int count) throws IOException {
        byte[] kept = new byte[count + 1];
        int size = 0;
        for (int i = from; i < from + count; i++) {
            int b = bytes[i] & 0xFF;
            boolean controlOfTwoBytes = leadHeld && b >= 0x80 && b <= 0x9F;
            if (leadHeld && !controlOfTwoBytes) {
                kept[size++] = (byte) LEAD;
            }
            leadHeld = b == LEAD;
            boolean harmless = b == '\n' || b == '\t' || (b == '\r' && rewriting) || (b >= 0x20 && b != 0x7F);
            if (!leadHeld && !controlOfTwoBytes && harmless) {
                kept[size++] = (byte) b;
            }
        }
        out.write(kept, 0, size);
        out.flush();
    }
}

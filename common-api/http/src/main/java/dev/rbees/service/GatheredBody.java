package dev.rbees.service;

import java.util.Arrays;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;

/**
 * The body of one request, while it comes. What came is copied to the heap at once, so that a body that never ends holds none of the
 * network's own memory; the room is taken from the budget as it grows. Used by one thread at a time.
 */
final class GatheredBody {

    private static final int FIRST = 1024;

    private final BodyBudget budget;
    private byte[] bytes = new byte[0];
    private int length;
    private boolean released;

    GatheredBody(BodyBudget budget) {
        this.budget = budget;
    }

    /**
     * Adds a piece, and releases it.
     *
     * @throws RbeesException PAYLOAD_TOO_LARGE, or OVERLOADED when there is no room now
     */
    void add(DataBuffer piece) {
        try {
            int more = piece.readableByteCount();
            if (more > Json.MAX_BODY_BYTES - length) {
                throw new RbeesException(ErrorCode.PAYLOAD_TOO_LARGE,
                        "the body is larger than " + Json.MAX_BODY_BYTES + " bytes");
            }
            reserve(length + more);
            piece.read(bytes, length, more);
            length += more;
        } finally {
            DataBufferUtils.release(piece);
        }
    }

    private void reserve(int wanted) {
        if (wanted <= bytes.length) {
            return;
        }
        int grown = Math.min(Json.MAX_BODY_BYTES, Math.max(wanted, Math.max(FIRST, bytes.length * 2)));
        budget.take(grown - bytes.length, grown);
        bytes = Arrays.copyOf(bytes, grown);
    }

    byte[] bytes() {
        return bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
    }

    /** Gives its room back; once. */
    synchronized void release() {
        if (!released) {
            released = true;
            budget.give(bytes.length);
        }
    }
}

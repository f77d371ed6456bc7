package dev.rbees.worker.graph;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.ModelFault;

/**
 * Reads one protocol buffer message, field by field, without copying it. Nothing outside the message is ever touched, and
 * what is malformed is refused; the deprecated groups as well, because ONNX has none.
 */
final class ProtoReader {

    private static final int MAX_FIELD = (1 << 29) - 1;
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;

    private final MemorySegment message;
    private long position;
    private int field;
    private int wireType;
    private long number;
    private MemorySegment content;

    ProtoReader(MemorySegment message) {
        this.message = message;
        this.content = message.asSlice(0, 0);
    }

    /** Goes to the next field; false at the end of the message. */
    boolean next() {
        if (position == message.byteSize()) {
            return false;
        }
        long key = varint();
        long id = key >>> 3;
        if (id < 1 || id > MAX_FIELD) {
            throw broken("a field has the number " + Long.toUnsignedString(id));
        }
        field = (int) id;
        wireType = (int) (key & 7);
        switch (wireType) {
            case VARINT -> number = varint();
            case FIXED_64 -> content = take(Long.BYTES);
            case BYTES -> content = take(varint());
            case FIXED_32 -> content = take(Integer.BYTES);
            default -> throw broken("field " + field + " has the wire type " + wireType);
        }
        return true;
    }

    /** The number of the field. */
    int field() {
        return field;
    }

    /** The value of a field that must be a whole number. */
    long integer() {
        require(VARINT);
        return number;
    }

    /** The value of a field that must be a message. */
    ProtoReader message() {
        require(BYTES);
        return new ProtoReader(content);
    }

    /** The value of a field that must be a text of at most so many bytes of UTF-8. */
    String text(int maxBytes) {
        require(BYTES);
        if (content.byteSize() > maxBytes) {
            throw broken("field " + field + " is a text of " + content.byteSize() + " bytes; at most " + maxBytes
                    + " are allowed");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(content.toArray(ValueLayout.JAVA_BYTE))).toString();
        } catch (CharacterCodingException e) {
            throw broken("field " + field + " is no UTF-8");
        }
    }

    private void require(int wanted) {
        if (wireType != wanted) {
            throw broken("field " + field + " has the wire type " + wireType + " instead of " + wanted);
        }
    }

    private MemorySegment take(long length) {
        if (length < 0 || length > message.byteSize() - position) {
            throw broken("field " + field + " claims " + Long.toUnsignedString(length) + " bytes, but "
                    + (message.byteSize() - position) + " are left");
        }
        MemorySegment taken = message.asSlice(position, length);
        position += length;
        return taken;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (position == message.byteSize()) {
                throw broken("it ends inside a number");
            }
            byte next = message.get(ValueLayout.JAVA_BYTE, position++);
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw broken("a number has more than 64 bits");
    }

    static RbeesException broken(String reason) {
        return ModelFault.of("the ONNX file is damaged: " + reason + "; download or export it again");
    }
}

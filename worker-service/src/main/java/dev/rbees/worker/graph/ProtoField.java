package dev.rbees.worker.graph;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A field of a protocol buffer message, of the two wire types that ONNX models use above their attributes.
 *
 * @param number of the field
 * @param bytes a text, a message or bytes; empty for a whole number
 * @param value a whole number; ignored when there are bytes
 * @param isInteger which of both it is
 */
@SuppressWarnings("ArrayRecordComponent") // why: never compared
record ProtoField(int number, byte[] bytes, long value, boolean isInteger) {

    private static final byte[] NONE = {};

    /**
     * The fields of a message in their order.
     *
     * @throws IllegalArgumentException when it is cut off or has other wire types
     */
    static List<ProtoField> read(byte[] message) {
        List<ProtoField> fields = new ArrayList<>();
        Cursor cursor = new Cursor(message);
        while (cursor.at < message.length) {
            long tag = cursor.varint();
            int number = Math.toIntExact(tag >>> 3);
            fields.add(switch ((int) (tag & 7)) {
                case 0 -> new ProtoField(number, NONE, cursor.varint(), true);
                case 2 -> new ProtoField(number, cursor.bytes(), 0, false);
                default -> throw new IllegalArgumentException("field " + number + " has the wire type " + (tag & 7));
            });
        }
        return fields;
    }

    private static final class Cursor {

        private final byte[] message;
        private int at;

        Cursor(byte[] message) {
            this.message = message;
        }

        long varint() {
            long value = 0;
            for (int shift = 0; shift < Long.SIZE; shift += 7) {
                if (at == message.length) {
                    break;
                }
                byte next = message[at++];
                value |= (long) (next & 0x7F) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            throw new IllegalArgumentException("a number ends in the middle");
        }

        byte[] bytes() {
            long length = varint();
            if (length < 0 || length > message.length - at) {
                throw new IllegalArgumentException("a field of " + length + " bytes ends in the middle");
            }
            byte[] found = new byte[(int) length];
            System.arraycopy(message, at, found, 0, found.length);
            at += found.length;
            return found;
        }
    }

    String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The texts of all fields of a number. */
    static List<String> texts(List<ProtoField> fields, int number) {
        return fields.stream().filter(field -> field.number == number).map(ProtoField::text).toList();
    }

    void copyTo(ProtoWriter writer) {
        if (isInteger) {
            writer.integer(number, value);
        } else {
            writer.bytes(number, bytes);
        }
    }
}

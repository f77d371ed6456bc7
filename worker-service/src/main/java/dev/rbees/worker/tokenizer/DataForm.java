package dev.rbees.worker.tokenizer;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.rbees.worker.tokenizer.PipelineTokenizer.Frame;

/** How {@link TokenizerData} lie in a file: a head that names form and kind, then the record's fields, big endian. */
final class DataForm {

    private static final int MAGIC = 0x52425446;
    private static final int VERSION = 2;
    private static final int MAX_ELEMENTS = 16 * 1024 * 1024;
    private static final int MAX_BYTES = 512 * 1024 * 1024;

    private DataForm() {}

    static void writeHead(DataOutputStream out, Class<?> kind) throws IOException {
        out.writeInt(MAGIC);
        out.writeInt(VERSION);
        out.writeUTF(kind.getSimpleName());
    }

    static TokenizerData read(DataInputStream in) throws IOException {
        if (in.readInt() != MAGIC || in.readInt() != VERSION) {
            throw new IOException("no tokenizer of this version of rbees");
        }
        String kind = in.readUTF();
        return switch (kind) {
            case "BytePairData" -> BytePairData.read(in);
            case "SentencePieceData" -> SentencePieceData.read(in);
            case "UnigramData" -> UnigramData.read(in);
            case "WordPieceData" -> WordPieceData.read(in);
            case "JsonData" -> JsonData.read(in);
            default -> throw new IOException("a tokenizer of the unknown kind " + kind);
        };
    }

    /** All lengths first, then the UTF-8 of all: one large read instead of many small ones. */
    static void write(DataOutputStream out, List<String> texts) throws IOException {
        List<byte[]> encoded = texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
        write(out, encoded.stream().mapToInt(bytes -> bytes.length).toArray());
        for (byte[] bytes : encoded) {
            out.write(bytes);
        }
    }

    static List<String> readTexts(DataInputStream in) throws IOException {
        int[] lengths = readInts(in);
        long total = 0;
        for (int length : lengths) {
            total += length;
            if (length < 0 || total > MAX_BYTES) {
                throw new IOException("texts of impossible length");
            }
        }
        byte[] bytes = exactly(in, (int) total);
        List<String> texts = new ArrayList<>(lengths.length);
        int at = 0;
        for (int length : lengths) {
            texts.add(new String(bytes, at, length, StandardCharsets.UTF_8));
            at += length;
        }
        return texts;
    }

    static void write(DataOutputStream out, int[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES);
        bytes.asIntBuffer().put(values);
        out.writeInt(values.length);
        out.write(bytes.array());
    }

    static int[] readInts(DataInputStream in) throws IOException {
        int[] values = new int[count(in)];
        ByteBuffer.wrap(exactly(in, values.length * Integer.BYTES)).asIntBuffer().get(values);
        return values;
    }

    static void write(DataOutputStream out, double[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES);
        bytes.asDoubleBuffer().put(values);
        out.writeInt(values.length);
        out.write(bytes.array());
    }

    static double[] readDoubles(DataInputStream in) throws IOException {
        double[] values = new double[count(in)];
        ByteBuffer.wrap(exactly(in, values.length * Double.BYTES)).asDoubleBuffer().get(values);
        return values;
    }

    static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static byte[] readBytes(DataInputStream in) throws IOException {
        return exactly(in, count(in));
    }

    static void write(DataOutputStream out, Frame frame) throws IOException {
        write(out, frame.before().stream().mapToInt(Integer::intValue).toArray());
        write(out, frame.behind().stream().mapToInt(Integer::intValue).toArray());
    }

    static Frame readFrame(DataInputStream in) throws IOException {
        return new Frame(java.util.Arrays.stream(readInts(in)).boxed().toList(),
                java.util.Arrays.stream(readInts(in)).boxed().toList());
    }

    private static int count(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MAX_ELEMENTS) {
            throw new IOException("a list of " + count + " elements");
        }
        return count;
    }

    private static byte[] exactly(DataInputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("the file ends too early");
        }
        return bytes;
    }
}

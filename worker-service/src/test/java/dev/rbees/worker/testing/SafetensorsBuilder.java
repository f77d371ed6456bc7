package dev.rbees.worker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Writes safetensors files of 32-bit or 16-bit (bfloat16) numbers, right ones and, with a header of one's own, wrong ones. */
public final class SafetensorsBuilder {

    private final List<String> entries = new ArrayList<>();
    private byte[] data = new byte[0];

    /** @param shape outermost dimension first */
    public SafetensorsBuilder tensor(String name, boolean half, float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * (half ? 2 : 4)).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            if (half) {
                bytes.putShort((short) (Float.floatToIntBits(value) >>> 16));
            } else {
                bytes.putFloat(value);
            }
        }
        entries.add("\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}".formatted(name, half ? "BF16" : "F32",
                Arrays.toString(shape), data.length, data.length + bytes.capacity()));
        byte[] longer = Arrays.copyOf(data, data.length + bytes.capacity());
        System.arraycopy(bytes.array(), 0, longer, data.length, bytes.capacity());
        data = longer;
        return this;
    }

    public byte[] build() {
        return build(entries.stream().collect(Collectors.joining(",", "{\"__metadata__\":{\"format\":\"pt\"},", "}")), data);
    }

    public static byte[] build(String header, byte[] data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length)
                .put(json)
                .put(data).array();
    }

    public void write(Path file) {
        try {
            Files.write(file, build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

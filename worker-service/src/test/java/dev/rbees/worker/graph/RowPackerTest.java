package dev.rbees.worker.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.rbees.worker.model.Tensor;
import dev.rbees.worker.model.TensorEncoding;
import dev.rbees.worker.testing.ReferenceBlocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class RowPackerTest {

    private static final int ROWS = 3;
    private static final int COLUMNS = 512;

    @ParameterizedTest
    @CsvSource({"Q4_0,INT4", "Q5_0,INT8", "Q8_0,INT8", "Q3_K,INT8_SMALL_BLOCKS", "Q6_K,INT8_SMALL_BLOCKS"})
    void packsWithoutLoss(TensorEncoding encoding, WeightForm form) {
        byte[] blocks = ReferenceBlocks.random(encoding, ROWS * COLUMNS, new Random(1));
        assertThat(WeightForm.of(tensor(encoding), ImportOptions.DEFAULT)).isEqualTo(form);
        float[] expected = ReferenceBlocks.numbers(encoding, blocks, ROWS * COLUMNS);
        float[] packed = unpack(pack(encoding, form, blocks));
        assertThat(packed).usingComparatorWithPrecision(1e-7f).containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource({"Q4_1,INT8_AFFINE,0.004", "Q5_1,INT8_AFFINE,0.004", "Q4_K,INT8_AFFINE,0.004",
        "Q5_K,INT8_AFFINE,0.004", "Q2_K,INT8_SMALL_AFFINE,0.004", "F32,INT8,0.008",
        "F16,INT8,0.008", "BF16,INT8,0.008"})
    void packsWithLittleLoss(TensorEncoding encoding, WeightForm form, double limit) {
        byte[] blocks = ReferenceBlocks.random(encoding, ROWS * COLUMNS, new Random(2));
        assertThat(WeightForm.of(tensor(encoding), ImportOptions.DEFAULT)).isEqualTo(form);
        float[] expected = ReferenceBlocks.numbers(encoding, blocks, ROWS * COLUMNS);
        assertThat(relativeError(unpack(pack(encoding, form, blocks)), expected)).isLessThan(limit);
    }

    @ParameterizedTest
    @EnumSource(value = TensorEncoding.class, names = {"F32", "F16", "BF16"})
    void keepsPlainNumbersWhoseRowsHaveNoBlocks(TensorEncoding encoding) {
        byte[] numbers = ReferenceBlocks.random(encoding, ROWS * 24, new Random(3));
        Tensor tensor = new Tensor("t", encoding, List.of(24L, (long) ROWS), 0, numbers.length);
        assertThat(WeightForm.of(tensor, ImportOptions.DEFAULT)).isEqualTo(WeightForm.FLOAT);
        PackedRows rows = new PackedRows(WeightForm.FLOAT, ROWS, 24);
        new RowPacker(tensor, numbers).pack(ROWS, rows);
        float[] packed = new float[ROWS * 24];
        ByteBuffer.wrap(rows.data).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(packed);
        assertThat(packed).containsExactly(ReferenceBlocks.numbers(encoding, numbers, ROWS * 24));
    }

    @Test
    void packsSymmetricBlocksIntoTheAffineFormForATogetherMultipliedMatrix() {
        byte[] blocks = ReferenceBlocks.random(TensorEncoding.Q8_0, ROWS * COLUMNS, new Random(4));
        float[] packed = unpack(pack(TensorEncoding.Q8_0, WeightForm.INT8_AFFINE, blocks));
        assertThat(packed).usingComparatorWithPrecision(1e-7f)
                .containsExactly(ReferenceBlocks.numbers(TensorEncoding.Q8_0, blocks, ROWS * COLUMNS));
    }

    @ParameterizedTest
    @CsvSource({"0.1,0.5", "0.001,-3", "0,0.25", "0,-0.25", "0,0", "-0.02,0.1"})
    void packsAffineBlocksThatNoZeroPointFits(float step, float minimum) {
        byte[] block = new byte[20];
        ByteBuffer buffer = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putShort(Float.floatToFloat16(step)).putShort(Float.floatToFloat16(minimum));
        for (int i = 0; i < 16; i++) {
            buffer.put((byte) (i | ((15 - i) << 4)));
        }
        float[] expected = ReferenceBlocks.numbers(TensorEncoding.Q4_1, block, 32);
        PackedRows rows = new PackedRows(WeightForm.INT8_AFFINE, 1, 32);
        new RowPacker(new Tensor("t", TensorEncoding.Q4_1, List.of(32L), 0, 20), block).pack(1, rows);
        float range = 0;
        for (float value : expected) {
            range = Math.max(range, Math.abs(value));
        }
        float[] packed = unpack(rows);
        for (int i = 0; i < 32; i++) {
            assertThat(packed[i]).isCloseTo(expected[i], within(range / 120 + 1e-9f));
        }
    }

    @ParameterizedTest
    @EnumSource(TensorEncoding.class)
    void refusesNumbersThatAreNotFinite(TensorEncoding encoding) {
        byte[] blocks = ReferenceBlocks.random(encoding, ROWS * COLUMNS, new Random(6));
        ByteBuffer buffer = ByteBuffer.wrap(blocks).order(ByteOrder.LITTLE_ENDIAN);
        short notANumber = Float.floatToFloat16(Float.NaN);
        switch (encoding) {
            case F32 -> buffer.putFloat(8, Float.POSITIVE_INFINITY);
            case BF16 -> buffer.putShort(8, (short) 0x7FC0);
            case Q2_K -> buffer.putShort(80, notANumber);
            case Q3_K -> buffer.putShort(108, notANumber);
            case Q6_K -> buffer.putShort(208, notANumber);
            default -> buffer.putShort(0, notANumber);
        }
        assertThatThrownBy(() -> pack(encoding, WeightForm.of(tensor(encoding), ImportOptions.DEFAULT), blocks))
                .hasMessageContaining("not finite");
    }

    @ParameterizedTest
    @EnumSource(value = TensorEncoding.class, names = {"Q4_1", "Q4_K"})
    void keepsFourBitsWithOffsetsWithoutLoss(TensorEncoding encoding) {
        byte[] blocks = ReferenceBlocks.random(encoding, ROWS * COLUMNS, new Random(7));
        WeightForm form = WeightForm.of(tensor(encoding), new ImportOptions(ImportOptions.Plain.INT8, true));
        assertThat(form).isEqualTo(WeightForm.INT4_WITH_OFFSETS);
        assertThat(form.withoutOffsets()).isEqualTo(WeightForm.INT8_AFFINE);
        float[] expected = ReferenceBlocks.numbers(encoding, blocks, ROWS * COLUMNS);
        assertThat(unpack(pack(encoding, form, blocks))).usingComparatorWithPrecision(1e-6f).containsExactly(expected);
    }

    @Test
    void roundsPlainNumbersToFourBitsWhereThatIsAskedFor() {
        byte[] numbers = ReferenceBlocks.random(TensorEncoding.F32, ROWS * COLUMNS, new Random(8));
        WeightForm form = WeightForm.of(tensor(TensorEncoding.F32), new ImportOptions(ImportOptions.Plain.INT4, false));
        assertThat(form).isEqualTo(WeightForm.INT4);
        float[] expected = ReferenceBlocks.numbers(TensorEncoding.F32, numbers, ROWS * COLUMNS);
        assertThat(relativeError(unpack(pack(TensorEncoding.F32, form, numbers)), expected)).isBetween(0.05, 0.12);
    }

    @Test
    void leavesPlainNumbersAsTheyAreWhereThatIsAskedFor() {
        assertThat(WeightForm.of(tensor(TensorEncoding.BF16), new ImportOptions(ImportOptions.Plain.FLOAT32, false)))
                .isEqualTo(WeightForm.FLOAT);
    }

    @Test
    void joinsOnlyFormsThatLoseNothing() {
        assertThat(WeightForm.common(List.of(WeightForm.INT4, WeightForm.INT4))).contains(WeightForm.INT4);
        assertThat(WeightForm.common(List.of(WeightForm.INT8, WeightForm.INT8_AFFINE))).contains(WeightForm.INT8_AFFINE);
        assertThat(WeightForm.common(List.of(WeightForm.INT8_SMALL_BLOCKS, WeightForm.INT8_SMALL_AFFINE)))
                .contains(WeightForm.INT8_SMALL_AFFINE);
        assertThat(WeightForm.common(List.of(WeightForm.INT4, WeightForm.INT8))).isEmpty();
        assertThat(WeightForm.common(List.of(WeightForm.INT4_WITH_OFFSETS, WeightForm.INT8_AFFINE))).isEmpty();
        assertThat(WeightForm.common(List.of(WeightForm.INT8_SMALL_BLOCKS, WeightForm.INT8))).isEmpty();
    }

    private static Tensor tensor(TensorEncoding encoding) {
        return new Tensor("t", encoding, List.of((long) COLUMNS, (long) ROWS), 0, encoding.bytes(ROWS * COLUMNS));
    }

    private static PackedRows pack(TensorEncoding encoding, WeightForm form, byte[] blocks) {
        PackedRows rows = new PackedRows(form, ROWS, COLUMNS);
        new RowPacker(tensor(encoding), blocks).pack(ROWS, rows);
        return rows;
    }

    /** What the packed rows stand for, by the definition of {@link WeightForm}. */
    private static float[] unpack(PackedRows rows) {
        WeightForm form = rows.form;
        int count = rows.data.length * 8 / form.bits();
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            int block = i / form.blockLength();
            int q = form.bits() == 8 ? rows.data[i] & 0xFF : ((rows.data[i / 2] & 0xFF) >>> (i % 2 * 4)) & 0xF;
            int zero = form.hasZeroPoints() ? rows.zeroPoints[block] & 0xFF : form.bits() == 8 ? 128 : 8;
            numbers[i] = (q - zero) * rows.scales[block] + (form.hasOffsets() ? rows.offsets[block] : 0);
        }
        return numbers;
    }

    private static double relativeError(float[] actual, float[] expected) {
        double error = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            error += Math.pow(actual[i] - expected[i], 2);
            size += Math.pow(expected[i], 2);
        }
        return Math.sqrt(error / size);
    }
}

package dev.rbees.worker.benchmark;

import java.util.Arrays;
import java.util.stream.IntStream;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.Backend;
import dev.rbees.home.RbeesHome;
import dev.rbees.worker.graph.ImportOptions;
import dev.rbees.worker.graph.ImportedModel;
import dev.rbees.worker.graph.ModelImporter;
import dev.rbees.worker.onnx.Decoder;
import dev.rbees.worker.onnx.DecoderSession;
import dev.rbees.worker.onnx.Device;

/** The parts of {@link GpuCheck} that need the scores themselves, or a model without a server around it. */
final class GpuNumbers {

    private static final int CONTEXT = 512;
    private static final int LONG_CONTEXT = 2048;
    private static final int STEPS = 32;
    private static final int ROWS = 8;
    private static final int SHORT = 24;

    private final GpuCheck.Settings settings;
    private final CheckTable table;
    private final ImportedModel model;
    private final Device device;
    private final int threads = Math.max(1, Runtime.getRuntime().availableProcessors());

    GpuNumbers(GpuCheck.Settings settings, CheckTable table) {
        this.settings = settings;
        this.table = table;
        RbeesHome home = new RbeesHome(settings.home()).open();
        this.device = Device.find(Backend.named(settings.backend()).orElseThrow(), settings.card(), home.backends());
        this.model = new ModelImporter(home, ImportOptions.DEFAULT).open(settings.model(), (_, _) -> {
        });
    }

    /** Scores beside those of the processor, the same twice, and alone as in a batch. */
    void compare() {
        float[][] here = logits(device, 1);
        table.note("same scores twice", Arrays.deepEquals(here, logits(device, 1)) ? "bit-equal" : "not bit-equal");
        table.note("same scores alone and as one of " + ROWS,
                Arrays.deepEquals(here, logits(device, ROWS)) ? "bit-equal"
                        : "relRMS " + difference(here, logits(device, ROWS)));
        table.note("same scores in a used slot", used());
        double off = difference(logits(device, 1), logits(Device.cpu(), 1));
        table.require("scores as on the CPU", off < 0.05, "relRMS " + off);
    }

    /** After a prompt and after each of some decode steps, as the first of so many rows. */
    private float[][] logits(Device where, int rows) {
        try (DecoderSession session = DecoderSession.open(model, ROWS, 128, threads, where)) {
            float[][] all = new float[STEPS + 1][session.vocabulary()];
            for (int row = 0; row < rows; row++) {
                Prompts.feed(session, row, tokens(SHORT, row, session), row == 0 ? all[0] : null);
            }
            int[] wanted = IntStream.range(0, rows).toArray();
            for (int step = 0; step < STEPS; step++) {
                int[] next = new int[rows];
                int[] pasts = new int[rows];
                for (int row = 0; row < rows; row++) {
                    next[row] = tokens(SHORT + STEPS, row, session)[SHORT + step];
                    pasts[row] = SHORT + step;
                }
                session.decode(0, next, pasts, wanted).copy(0, all[step + 1]);
            }
            return all;
        }
    }

    /** The cache keeps what a slot held before, and nothing of it may be seen: neither from its beginning nor behind a prefix. */
    private String used() {
        float[][] fresh = new float[3][];
        float[][] again = new float[3][];
        try (DecoderSession session = DecoderSession.open(model, 4, CONTEXT + STEPS, threads, device)) {
            int[] prompt = tokens(2 * SHORT, 0, session);
            feedThrice(session, prompt, fresh);
            Prompts.feed(session, 0, tokens(CONTEXT, 5, session), null);
            feedThrice(session, prompt, again);
        }
        return Arrays.deepEquals(fresh, again) ? "bit-equal" : "relRMS " + difference(again, fresh);
    }

    /** A prompt in one piece, in two, and a decoded token behind it. */
    private static void feedThrice(DecoderSession session, int[] prompt, float[][] scores) {
        Arrays.setAll(scores, _ -> new float[session.vocabulary()]);
        Prompts.feed(session, 0, prompt, scores[0]);
        Prompts.feed(session, 0, Arrays.copyOf(prompt, SHORT), null);
        session.prefill(0, SHORT, Arrays.copyOfRange(prompt, SHORT, prompt.length), scores[1]);
        session.decode(0, new int[] {1}, new int[] {prompt.length}, new int[] {0}).copy(0, scores[2]);
    }

    private static double difference(float[][] some, float[][] others) {
        double error = 0;
        double size = 0;
        for (int i = 0; i < some.length; i++) {
            for (int k = 0; k < some[i].length; k++) {
                error += Math.pow(some[i][k] - (double) others[i][k], 2);
                size += Math.pow(others[i][k], 2);
            }
        }
        return Math.sqrt(error / size);
    }

    private static int[] tokens(int count, int seed, Decoder decoder) {
        return IntStream.range(0, count).map(i -> 1 + Math.floorMod(i * 7919 + seed * 104_729, decoder.vocabulary() - 300))
                .toArray();
    }

    /** Prefill of 512 and 2 048 tokens, decoding of 1, 8 and 32 rows behind 512. */
    void measure() {
        int longest = Math.min(LONG_CONTEXT, model.contextLength());
        try (DecoderSession session = DecoderSession.open(model, 1, longest, threads, device)) {
            Prompts.feed(session, 0, tokens(CONTEXT, 0, session), null);
            for (int count : new int[] {CONTEXT, longest}) {
                long began = System.nanoTime();
                Prompts.feed(session, 0, tokens(count, 1, session), new float[session.vocabulary()]);
                table.note("prefill " + count, count / seconds(began), "tokens/s");
            }
        }
        int longestPiece = longestPiece();
        for (int piece = CONTEXT / 8; piece <= longestPiece; piece *= 2) {
            prefillInPieces(piece);
        }
        for (int rows : new int[] {1, ROWS, 4 * ROWS}) {
            decode(rows);
        }
    }

    private int longestPiece() {
        try (DecoderSession session = DecoderSession.open(model, 1, SHORT, threads, device)) {
            return session.longestPiece();
        }
    }

    private void prefillInPieces(int piece) {
        int length = Math.min(LONG_CONTEXT, model.contextLength());
        try (DecoderSession session = DecoderSession.open(model, 1, length, threads, device)) {
            long before = device.freeBytes().orElse(0);
            float[] logits = new float[session.vocabulary()];
            Prompts.feed(session, 0, tokens(length, 0, session), logits, piece);
            long began = System.nanoTime();
            Prompts.feed(session, 0, tokens(length, 1, session), logits, piece);
            table.note("prefill " + length + " in pieces of " + piece,
                    "%.0f tokens/s, %d MB".formatted(length / seconds(began),
                            (before - device.freeBytes().orElse(0)) >> 20));
        }
    }

    private void decode(int rows) {
        long before = device.freeBytes().orElse(0);
        try (DecoderSession session = DecoderSession.open(model, rows, CONTEXT + 2 * STEPS, threads, device)) {
            if (settings.onCard()) {
                long planned = DecoderSession.weightsBytes(model, CONTEXT + 2 * STEPS, device) + session.cacheBytes();
                table.note("memory for " + rows + " rows", "planned %d MB, taken %d MB".formatted(planned >> 20,
                        (before - device.freeBytes().orElse(0)) >> 20));
            }
            for (int row = 0; row < rows; row++) {
                Prompts.feed(session, row, tokens(CONTEXT, row, session), null);
            }
            int[] next = new int[rows];
            Arrays.fill(next, 1);
            int[] pasts = new int[rows];
            int[] wanted = IntStream.range(0, rows).toArray();
            float[] logits = new float[session.vocabulary()];
            long began = 0;
            for (int step = 0; step < 2 * STEPS; step++) {
                began = step == STEPS ? System.nanoTime() : began;
                Arrays.fill(pasts, CONTEXT + step);
                session.decode(0, next, pasts, wanted).copy(0, logits);
            }
            table.note("decode b=" + rows + " at " + CONTEXT, rows * STEPS / seconds(began), "tokens/s");
        }
    }

    /** More slots than the card has memory for are refused, and a few work after it. */
    void overfill() {
        int positions = model.contextLength();
        long slots = device.freeBytes().orElseThrow() / device.slotBytes(model.description().shape(), positions) + 2;
        String refused = "not refused";
        try (DecoderSession session = DecoderSession.open(model, (int) Math.min(slots, 1 << 20), positions, threads,
                device)) {
            refused = "opened with " + session.positions();
        } catch (RbeesException e) {
            refused = e.code() + ": " + e.getMessage();
        }
        table.require(slots + " slots are refused", refused.startsWith(ErrorCode.INSUFFICIENT_VRAM.name()), refused);
        try (DecoderSession session = DecoderSession.open(model, 1, 128, threads, device)) {
            float[] logits = new float[session.vocabulary()];
            Prompts.feed(session, 0, tokens(SHORT, 0, session), logits);
            table.require("one slot works after it", Float.isFinite(logits[0]), "score " + logits[0]);
        }
    }

    private static double seconds(long began) {
        return (System.nanoTime() - began) / 1e9;
    }
}

package dev.rbees.worker.testing;

import java.nio.file.Path;

import dev.rbees.worker.model.TensorEncoding;

/** Writes a tiny model to the file that is named: what the build trains the AOT cache of the worker with. */
public final class TinyModelFile {

    private TinyModelFile() {}

    public static void main(String[] args) {
        TinyModel.of(TensorEncoding.Q4_1).write(Path.of(args[0]), 1);
    }
}

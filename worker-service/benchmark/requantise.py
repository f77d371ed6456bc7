"""Writes the weights of a GGUF file into a new one, with matrices in blocks of another kind.

Matrices become q4_0 or q8_0, the embedding and an output matrix of its own always q8_0, as the usual quantisers have it for
small models; a matrix whose rows are no multiple of 32 becomes f16; everything of one dimension stays as plain 32-bit numbers.
The metadata are copied, and general.file_type says what the file is now. The printed relative RMS is the distance of the
new weights from those that went in, which are themselves rounded: it adds to what the source has lost before.
"""

import argparse
import os
import sys
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, LlamaFileType, dequantize, quant_shape_to_byte_shape, quantize

BLOCK = 32
TYPES = {"q4_0": (GGMLQuantizationType.Q4_0, LlamaFileType.MOSTLY_Q4_0),
         "q8_0": (GGMLQuantizationType.Q8_0, LlamaFileType.MOSTLY_Q8_0)}
PRECISE = {"token_embd.weight", "output.weight"}
NUMPY = {GGMLQuantizationType.F32: np.float32, GGMLQuantizationType.F16: np.float16}


def shape(tensor):
    """Outermost dimension first, as numpy has it; GGUF lists them the other way round."""
    return tuple(int(n) for n in reversed(tensor.shape))


def new_type(tensor, wanted):
    if len(tensor.shape) == 1:
        return GGMLQuantizationType.F32
    if tensor.shape[0] % BLOCK:
        return GGMLQuantizationType.F16
    return GGMLQuantizationType.Q8_0 if tensor.name in PRECISE else wanted


def plain(tensor):
    return dequantize(tensor.data, tensor.tensor_type).astype(np.float32, copy=False).reshape(shape(tensor))


def copy_metadata(reader, writer, file_type):
    for field in reader.fields.values():
        # why: the first are no metadata but the header; the writer has set the architecture already
        if field.name.startswith("GGUF.") or field.name in ("general.architecture", "general.file_type"):
            continue
        kind = field.types[0]
        writer.add_key_value(field.name, field.contents(), kind, field.types[-1] if kind == GGUFValueType.ARRAY else None)
    writer.add_file_type(file_type)


def declare(writer, tensor, kind):
    if kind in NUMPY:
        size = int(tensor.n_elements) * np.dtype(NUMPY[kind]).itemsize
        writer.add_tensor_info(tensor.name, shape(tensor), np.dtype(NUMPY[kind]), size)
    else:
        bytes_shape = quant_shape_to_byte_shape(shape(tensor), kind)
        writer.add_tensor_info(tensor.name, bytes_shape, np.dtype(np.uint8), int(np.prod(bytes_shape)), raw_dtype=kind)


def convert(source, wanted, file_type, target):
    """Writes the new file; gives for each kind of tensor the sums of squares of the weights and of their changes."""
    reader = GGUFReader(source)
    writer = GGUFWriter(target, reader.fields["general.architecture"].contents())
    copy_metadata(reader, writer, file_type)
    kinds = {tensor.name: new_type(tensor, wanted) for tensor in reader.tensors}
    for tensor in reader.tensors:
        declare(writer, tensor, kinds[tensor.name])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    sums = {}
    for tensor in reader.tensors:
        kind, weights = kinds[tensor.name], plain(tensor)
        packed = quantize(weights, kind)
        writer.write_tensor_data(packed)
        change = dequantize(packed, kind).reshape(weights.shape) - weights
        row = sums.setdefault((tensor.tensor_type.name, kind.name), [0, 0.0, 0.0])
        row[0] += 1
        row[1] += float(np.square(weights, dtype=np.float64).sum())
        row[2] += float(np.square(change, dtype=np.float64).sum())
    writer.close()
    return sums


def main():
    arguments = argparse.ArgumentParser(prog="run requantise", description=__doc__,
                                        formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("source", metavar="SOURCE.gguf", type=Path)
    arguments.add_argument("type", choices=TYPES)
    arguments.add_argument("target", metavar="TARGET.gguf", type=Path)
    options = arguments.parse_args()
    if not options.source.is_file():
        raise SystemExit(f"error: there is no file {options.source}")
    if options.target.exists():
        raise SystemExit(f"error: {options.target} is there already; remove it or choose another name")
    unfinished = options.target.with_name(options.target.name + ".unfinished")
    try:
        sums = convert(options.source, *TYPES[options.type], unfinished)
        os.replace(unfinished, options.target)
    finally:
        unfinished.unlink(missing_ok=True)
    print("| from | to | tensors | relative RMS of the change |\n| --- | --- | --- | --- |")
    for (old, new), (count, weights, change) in sorted(sums.items()):
        print(f"| {old} | {new} | {count} | {(change / weights) ** 0.5 if weights else 0:.4f} |")
    return 0


sys.exit(main())

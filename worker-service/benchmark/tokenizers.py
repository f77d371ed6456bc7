"""Compares our tokenizers with others on the same vocabulary: equal ids for every text.

    python tokenizers.py vocabularies FOLDER   GGUF files without weights, each beside NAME.inp and NAME.out: texts and
                                               ids as llama.cpp keeps them for its own tests (models/ in its source)
    python tokenizers.py trained [FOLDER]      trains tokenizers of every kind with the package tokenizers and encodes
                                               nasty texts with both; FOLDER may hold more folders with tokenizer.json

RBEES_BENCH_JAVA and RBEES_BENCH_CLASSES name the Java program and the class path, as the script run sets them.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

SPLIT = {
    "llama3": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
              r"|\s*[\r\n]+|\s+(?!\S)|\s+",
    "qwen2": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
             r"|\s*[\r\n]+|\s+(?!\S)|\s+",
    "gpt-4o": r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
              r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
              r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "deepseek3": r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
                 r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
}


class Ours:
    def __init__(self, source):
        self.own = tempfile.NamedTemporaryFile(suffix=".tokenizer")
        self.process = subprocess.Popen(
            [os.environ["RBEES_BENCH_JAVA"], "-Xmx1g", "-cp", os.environ["RBEES_BENCH_CLASSES"],
             "dev.rbees.worker.benchmark.TokenizerProbe", str(source), self.own.name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self.process.stderr.read().decode().strip().splitlines()[0])
        self.facts = json.loads(line)

    def encode(self, text, special=True):
        self.process.stdin.write((json.dumps({"text": text, "special": special}) + "\n").encode())
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        self.millis = answer["ms"]
        return answer["ids"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.own.close()


def report(name, ours, equal, cases, differences):
    facts = ours.facts
    long_text = "word" * 250_000
    ours.encode(long_text)
    print(f"{name:24} {facts['kind']:15} {facts['tokens']:7} tokens  equal {equal:4} of {cases:4}"
          f"  load {facts['first_load_ms']:4.0f} ms first, {facts['load_ms']:4.0f} ms best"
          f"  1 MB without a space {ours.millis:5.0f} ms", flush=True)
    for text, wanted, got in differences[:int(os.environ.get("RBEES_SHOW", "3"))]:
        print(f"    {text!r}\n      wanted {wanted}\n      got    {got}")
    ours.close()


def compare(name, source, cases, adjust=lambda ids: ids):
    """cases: (text, special, ids)."""
    ours = Ours(source)
    differences = []
    for text, special, wanted in cases:
        got = adjust(ours.encode(text, special))
        if got != wanted:
            differences.append((text, wanted, got))
    report(name, ours, len(cases) - len(differences), len(cases), differences)
    return not differences


def vocabularies(folder):
    good = True
    for file in sorted(Path(folder).glob("*.gguf")):
        texts, ids = Path(f"{file}.inp"), Path(f"{file}.out")
        name = file.stem.removeprefix("ggml-vocab-")
        if not texts.exists():
            try:
                compare(name + " (loads)", file, [])
            except RuntimeError as e:
                print(f"{name}: {e}")
            continue
        inputs = texts.read_bytes().decode().split("\n__ggml_vocab_test__\n")
        outputs = [[int(i) for i in line.split()] for line in ids.read_text().split("\n")]
        # the expectations are without BOS and the like, with special tokens as plain text
        bare = Bare()
        cases = [(text, False, wanted) for text, wanted in zip(inputs, outputs)]
        try:
            good &= compare(name, file, cases, bare.strip(file))
        except RuntimeError as e:
            good = False
            print(f"{name}: {e}")
    return good


class Bare:
    """Takes what stands around every text away from the ids."""

    def strip(self, source):
        ours = Ours(source)
        around = ours.encode("")
        one = ours.encode("a")
        ours.close()
        before = 0
        while before < len(around) and one[before] == around[before]:
            before += 1
        behind = len(around) - before
        return lambda ids: ids[before:len(ids) - behind]


def nasty(seed, count):
    rng = random.Random(seed)
    fixed = ["", " ", "  ", "\n", "\r\n", "\t\t x", "Hello world", " Hello  world ", "don't DON'T we'LL I'd 'S",
             "日本語のテキスト、漢字かな交じり文。", "中文字符测试 mixed 混合 text", "한국어 텍스트", "👩‍👩‍👧🏳️‍🌈👍🏽 emoji", "e\u0301 \u0301x n\u0303",
             "שלום עולם", "مرحبا بالعالم ١٢٣", "12345 1,234.56 ½ Ⅷ ٣", "def f(x):\n    return x[0] + {'a': 1}\n\n\n",
             "a" * 300, "ab" * 300, " " * 77, "\n" * 40, "<s>[INST] hi [/INST]</s>", "<|im_start|>user\nhi<|im_end|>\n",
             "[CLS] a [SEP] [MASK]", "x<|im_end|>y", "<unk>", "▁▁ x ▁", "ﬁ ﬂ ① ℌ ſ 'ſ K", "İstanbul ŞIĞ ΣΑΣ Σ", "\u00a0nbsp\u3000ideographic",
             "zero\u200bwidth\u200djoiner\ufeff", "control\x01\x7f\x85x", "\U00020000\U0002F800 rare", "🦙.cpp", "a\u2028b\u2029c",
             "...!!!???", "-- — – ‘’ “”", "C++ C# a_b __init__ $x", "http://example.org/?a=b&c=%20", "\ufffd", "Ä ö ß ẞ ÅÅ",
             "हिन्दी पाठ", "ไทยไม่มีช่องว่าง", "x²+y³=z⁴", "0x1F 1e-9", "a  b   c    d", " \n \n\n  x", "end \r\n\r\n"]
    pools = ["abcdefghij ", "ABC abc'", "0123456789 ", "  \t\n\r", ".,;:!?()[]{}<>|/\\-_=+*&^%$#@~`\"'", "日本語中文字한국",
             "éèüñçåøß", "אבגדه و م", "😀👍🏽🦙\u200d\ufe0f", "\u0301\u0308\u20dd", "ΣσςΑΒ", "ăâđêôơư"]
    while len(fixed) < count:
        text = ""
        for _ in range(rng.randint(1, 12)):
            pool = rng.choice(pools)
            if rng.random() < 0.08:
                text += rng.choice(["<s>", "</s>", "<|im_start|>", "[SEP]", "<think>", "[MASK]", "<0x41>"])
            elif rng.random() < 0.1:
                c = rng.randrange(1, 0x30000)
                text += chr(c) if not 0xD800 <= c < 0xE000 else "x"
            else:
                text += "".join(rng.choice(pool) for _ in range(rng.randint(1, 8)))
        fixed.append(text)
    return fixed


def corpus():
    rng = random.Random(7)
    words = ["the", "of", "and", "hello", "world", "don't", "model", "token", "straße", "日本", "語", "größer", "12", "345",
             "def", "return", "x", "==", "(a)", "été", "niño", "слово", "язык", "שלום", "عالم", "한국어", "😀", "the,", "end."]
    parts = ["ka", "to", "mi", "ren", "sol", "ü", "ing", "er", "st", "ло", "да", "ни", "本", "語", "中", "文", "שא", "한", "9", "_"]
    words += ["".join(rng.choice(parts) for _ in range(rng.randint(1, 4))) for _ in range(400)]
    for _ in range(3000):
        yield rng.choice(["", " "]) + rng.choice([" ", " ", "  ", "\n"]).join(rng.choice(words) for _ in range(12))


def train():
    """Name and tokenizer of every kind."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

    special = ["<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"]
    fallback = [f"<0x{b:02X}>" for b in range(256)]

    def finish(tokenizer, begin=None, end=None):
        tokenizer.add_tokens([AddedToken("<think>", normalized=False), AddedToken("[INST]", lstrip=True, rstrip=True,
                              normalized=False), AddedToken("wörd", single_word=True, normalized=True)])
        if begin:
            ids = [(t, tokenizer.token_to_id(t)) for t in {begin, end} - {None}]
            tokenizer.post_processor = processors.TemplateProcessing(
                single=f"{begin} $A" + (f" {end}" if end else ""), special_tokens=ids)
        return tokenizer

    for name, pattern in SPLIT.items():
        tokenizer = Tokenizer(models.BPE(ignore_merges=name == "llama3"))
        splits = [pre_tokenizers.Split(Regex(pattern), "isolated")]
        if name == "deepseek3":
            splits = [pre_tokenizers.Split(Regex(r"\p{N}{1,3}"), "isolated"),
                      pre_tokenizers.Split(Regex(r"[一-龥぀-ゟ゠-ヿ]+"), "isolated")] + splits
        if name == "qwen2":
            tokenizer.normalizer = normalizers.NFC()
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            splits + [pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.train_from_iterator(corpus(), trainers.BpeTrainer(
            vocab_size=900, special_tokens=special, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
        yield "bpe-" + name, finish(tokenizer, "<s>" if name == "llama3" else None)

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(corpus(), trainers.BpeTrainer(
        vocab_size=900, special_tokens=special, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    yield "bpe-gpt2-prefix-space", finish(tokenizer)

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(corpus(), trainers.BpeTrainer(
        vocab_size=900, special_tokens=special, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    yield "bpe-digits", finish(tokenizer)

    for scheme in ["legacy", "always", "first", "never"]:
        tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
        if scheme == "legacy":
            tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        else:
            tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", prepend_scheme=scheme, split=scheme == "always")
        tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
                                               decoders.Strip(" ", 1, 0)])
        learner = trainers.BpeTrainer(vocab_size=1200, special_tokens=special + fallback, show_progress=False,
                                      limit_alphabet=60)
        texts = list(corpus()) if scheme == "always" else [w for t in corpus() for w in t.split(" ")]
        tokenizer.train_from_iterator(texts, learner)
        # byte tokens are words of the model, not added tokens
        data = json.loads(tokenizer.to_str())
        data["added_tokens"] = [t for t in data["added_tokens"] if not t["content"].startswith("<0x")]
        yield "spm-bpe-" + scheme, finish(Tokenizer.from_str(json.dumps(data)), "<s>")

    for fallback_too in [False, True]:
        tokenizer = Tokenizer(models.Unigram())
        tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(),
                                                     normalizers.Replace(Regex(" {2,}"), " ")])
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", prepend_scheme="always")
        tokenizer.decoder = decoders.Metaspace("▁")
        tokenizer.train_from_iterator(corpus(), trainers.UnigramTrainer(
            vocab_size=320, special_tokens=special, unk_token="<unk>", show_progress=False))
        data = json.loads(tokenizer.to_str())
        if fallback_too:
            data["model"]["vocab"] += [[b, 0.0] for b in fallback]
            data["model"]["byte_fallback"] = True
        yield "unigram" + ("-bytes" if fallback_too else ""), finish(Tokenizer.from_str(json.dumps(data)), "<s>", "</s>")

    for lower in [True, False]:
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=50))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        tokenizer.decoder = decoders.WordPiece()
        tokenizer.train_from_iterator(corpus(), trainers.WordPieceTrainer(
            vocab_size=500, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False))
        yield "wordpiece-" + ("uncased" if lower else "cased"), finish(tokenizer, "[CLS]", "[SEP]")

    splits = {"whitespace": pre_tokenizers.Whitespace(), "whitespace-split": pre_tokenizers.WhitespaceSplit(),
              "punctuation": pre_tokenizers.Punctuation("merged_with_previous"),
              "digits-contiguous": pre_tokenizers.Digits(False),
              "split-next": pre_tokenizers.Split(" ", "merged_with_next"),
              "split-previous": pre_tokenizers.Split(Regex(r"[\s,]"), "merged_with_previous"),
              "split-contiguous": pre_tokenizers.Split(Regex(r"\s|\d"), "contiguous"),
              "split-removed": pre_tokenizers.Split(Regex(r"\p{Han}|\p{^L}"), "removed"),
              "split-invert": pre_tokenizers.Split(Regex(r"[[:alpha:]]+|\h"), "isolated", invert=True)}
    for name, split in splits.items():
        tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
        tokenizer.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase(),
                                                     normalizers.Strip()])
        tokenizer.pre_tokenizer = split
        tokenizer.train_from_iterator(corpus(), trainers.BpeTrainer(
            vocab_size=400, special_tokens=special, show_progress=False))
        yield "bpe-" + name, finish(tokenizer)


def trained(folder):
    sys.path = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]
    good = True
    with tempfile.TemporaryDirectory() as work:
        given = [(p.parent.name, None, p.parent) for p in sorted(Path(folder).rglob("tokenizer.json"))] if folder else []
        for name, tokenizer, path in [(n, t, None) for n, t in train()] + given:
            if path is None:
                path = Path(work) / name
                path.mkdir()
                tokenizer.save(str(path / "tokenizer.json"))
            else:
                from tokenizers import Tokenizer
                tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
                tokenizer.no_truncation()
                tokenizer.no_padding()
            cases = []
            for text in nasty(11, 500):
                tokenizer.encode_special_tokens = False
                cases.append((text, True, tokenizer.encode(text).ids))
                tokenizer.encode_special_tokens = True
                cases.append((text, False, tokenizer.encode(text).ids))
            try:
                good &= compare(name, path, cases)
            except RuntimeError as e:
                good = False
                print(f"{name}: {e}")
    return good


if __name__ == "__main__":
    if sys.argv[1:2] == ["vocabularies"] and len(sys.argv) == 3:
        sys.exit(not vocabularies(sys.argv[2]))
    if sys.argv[1:2] == ["trained"] and len(sys.argv) <= 3:
        sys.exit(not trained(sys.argv[2] if len(sys.argv) == 3 else None))
    sys.exit(__doc__)

"""Texts that are hard to cut, fold and count, and the tokenizers that they are compared with."""

from __future__ import annotations

import re

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from seqtasks.data.vocabulary import SPECIALS, UNK

TEXTS = [
    "the cat sat on the mat ",
    "",
    " \t\n ",
    "ΟΔΟΣ Σ ςσ İstanbul ﬁn STRASSE ẞß Ǆ ǅ",
    "e\u0301 n\u0303o \u200d👩\u200d👩\u200d👧 🇫🇷 𝔘𝔫𝔦 \U0010ffff \ufeffx\ufffd",
    "a\x1cb\x1d c\x1e\x1fd \x0b\x0c e\x01\x7f",
    "x\x85y\xa0z\u1680w\u2028v\u2029u\u202ft\u205fs\u3000r\u200bq\u180e",
    "<unk> <un k> <unk><unk>a<unk <<pad>> <sep>b<sep><bos>",
    "<UNK> <Sep> <EOS>",
    "<un",
    "k> <pa",
    "机器学习 is 好 \r\n it's we'll 12 3.4 -- ... 'S",
    "\ua7cb\u1c89 \U00010d50 Ꭰ ꭰ Ⴀ Ა",
]
"""The names of special symbols stand whole, in halves and in capitals among them."""


def trained(texts, level, *, lowercase=False, separators=(), max_size=None, min_count=1):
    """What the trainers of `tokenizers` themselves learn from texts."""
    specials = [*SPECIALS, *separators]
    common = {"special_tokens": specials, "min_frequency": min_count, "show_progress": False}
    if level == "bpe":
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        size = max_size or 8000
        trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, **common)
    else:
        tokenizer = Tokenizer(models.WordLevel(unk_token=UNK))
        cut = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
        tokenizer.pre_tokenizer = cut if level == "character" else pre_tokenizers.WhitespaceSplit()
        if level != "word":
            tokenizer.decoder = decoders.Fuse()
        trainer = trainers.WordLevelTrainer(vocab_size=max_size or 2**31, **common)
    if lowercase:
        tokenizer.normalizer = normalizers.Lowercase()
    apart = re.compile("|".join(map(re.escape, specials)))
    tokenizer.train_from_iterator((p for text in texts for p in apart.split(text)), trainer)
    return tokenizer

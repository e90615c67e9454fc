"""Texts that are hard to cut, fold and count, and the tokenizers that they are compared with."""

from __future__ import annotations

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
    "| a | b|c <sep> <eos> ||",
    "机器学习 is 好 \r\n it's we'll 12 3.4 -- ... 'S",
    "\ua7cb\u1c89 \U00010d50 Ꭰ ꭰ Ⴀ Ა",
]
"""The names of special symbols stand whole, in halves and in capitals among them."""


def trained(texts, level, *, separators=(), max_size=None, **options):
    """What the trainers of `tokenizers` themselves learn from texts.

    They take special symbols for the symbols of texts that are spelled alike, so that the names of
    such special symbols have a blank in front.
    """
    specials = [*SPECIALS, *separators]
    size = max_size or (8000 if level == "bpe" else 2**31)
    if level == "bpe":
        cut = pre_tokenizers.ByteLevel(add_prefix_space=False).pre_tokenize_str
        known = {name for name in specials if len(cut(name)) == 1}
    else:
        known = learnt(texts, level, [], size - len(specials), **options).get_vocab()
    names = [" " * (name in known) + name for name in specials]
    return learnt(texts, level, names, size, **options)


def learnt(texts, level, specials, size, *, lowercase=False, min_count=1):
    """What a trainer learns with special symbols of these names."""
    common = {"special_tokens": specials, "min_frequency": min_count, "show_progress": False}
    if level == "bpe":
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, **common)
    else:
        tokenizer = Tokenizer(
            models.WordLevel(unk_token=next((name for name in specials if UNK in name), UNK))
        )
        cut = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
        tokenizer.pre_tokenizer = cut if level == "character" else pre_tokenizers.WhitespaceSplit()
        if level != "word":
            tokenizer.decoder = decoders.Fuse()
        trainer = trainers.WordLevelTrainer(vocab_size=size, **common)
    if lowercase:
        tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer

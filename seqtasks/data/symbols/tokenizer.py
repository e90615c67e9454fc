"""Tokenizers that are learnt from raw texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from seqtasks.data.symbols.counting import count_characters, count_words, ranked
from seqtasks.data.symbols.pieces import pieces
from seqtasks.data.symbols.special_names import stored_name

BETWEEN_CHARACTERS = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
BETWEEN_WORDS = pre_tokenizers.WhitespaceSplit()
BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False)

_PIECE = 1 << 16
"""Characters of a text that a trainer gets at once; some hundred such wait in its queue."""


def learn_tokenizer(
    texts: Iterable[str],
    level: str,
    specials: Sequence[str],
    *,
    unk: str,
    lowercase: bool = False,
    min_count: int = 1,
    max_size: int | None = None,
) -> Tokenizer:
    """Learn a tokenizer as the trainers of `tokenizers` do, from texts that are read once.

    A special symbol stands in no text: where a text can spell its name, it is stored by another,
    its `stored_name`.

    Args:
        texts: raw strings, of any length and number.
        level: ``word``, ``character``, ``bpe`` or ``jieba``.
        specials: the names of the symbols that come first.
        unk: the special one for unknown words and characters.
        lowercase: fold case first.
        min_count: rarer words, characters or merges are left out.
        max_size: the largest number of symbols, specials included; None is 8,000 for ``bpe``.

    Raises:
        DataError: there are too many distinct words.
    """
    if level == "bpe":
        # No pair goes across the parts into which `BYTES` cuts a text.
        whole = {name for name in specials if len(BYTES.pre_tokenize_str(name)) == 1}
        names = [stored_name(name, whole) for name in specials]
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer, tokenizer.decoder = BYTES, decoders.ByteLevel()
    else:
        count = count_characters if level == "character" else count_words
        counts = count(texts, lowercase=lowercase)
        listed = ranked(counts, specials, min_count=min_count, max_size=max_size or None)
        symbols = listed[len(specials) :]
        known = {*symbols}
        names = [stored_name(name, known) for name in listed[: len(specials)]]
        vocab = {symbol: number for number, symbol in enumerate([*names, *symbols])}
        tokenizer = Tokenizer(models.WordLevel(vocab, unk_token=stored_name(unk, known)))
        tokenizer.pre_tokenizer = BETWEEN_CHARACTERS if level == "character" else BETWEEN_WORDS
        if level != "word":
            tokenizer.decoder = decoders.Fuse()
    if lowercase:
        tokenizer.normalizer = normalizers.Lowercase()
    if level == "bpe":
        trainer = trainers.BpeTrainer(
            vocab_size=max_size or 8000,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            special_tokens=names,
            min_frequency=min_count,
            show_progress=False,
        )
        tokenizer.train_from_iterator(
            (piece for text in texts for piece in pieces(text, _PIECE)), trainer
        )
    else:
        tokenizer.add_special_tokens(names)
    return tokenizer

"""Tokenizers: how they are learnt from raw texts, and how they turn texts into numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from seqtasks.data.store.columns import number_type
from seqtasks.data.symbols.characters import CharacterTable
from seqtasks.data.symbols.counting import count_characters, count_words, ranked
from seqtasks.data.symbols.numbers import Coder
from seqtasks.data.symbols.pieces import pieces
from seqtasks.data.symbols.special_names import SpecialNames
from seqtasks.data.symbols.subwords import Subwords
from seqtasks.data.symbols.words import WordCutter, WordTable

_CHARACTERS = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
_WORDS = pre_tokenizers.WhitespaceSplit()
_PIECE = 1 << 16
"""Characters that the trainer gets at once; it keeps some hundred texts waiting."""

_BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False)


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

    Args:
        texts: raw strings, of any length and number.
        level: ``word``, ``character``, ``bpe`` or ``jieba``.
        specials: symbols that come first, and stay whole in every text.
        unk: the special symbol for unknown words and characters.
        lowercase: fold case first.
        min_count: rarer words, characters or merges are left out.
        max_size: the largest number of symbols, specials included; None is 8,000 for ``bpe``.

    Raises:
        DataError: there are too many distinct words.
    """
    names = SpecialNames(specials)
    if level == "bpe":
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer, tokenizer.decoder = _BYTES, decoders.ByteLevel()
    else:
        count = count_characters if level == "character" else count_words
        counts = count(texts, names, lowercase=lowercase)
        symbols = ranked(counts, specials, min_count=min_count, max_size=max_size or None)
        vocab = {symbol: number for number, symbol in enumerate(symbols)}
        tokenizer = Tokenizer(models.WordLevel(vocab, unk_token=unk))
        tokenizer.pre_tokenizer = _CHARACTERS if level == "character" else _WORDS
        if level != "word":
            tokenizer.decoder = decoders.Fuse()
    if lowercase:
        tokenizer.normalizer = normalizers.Lowercase()
    if level == "bpe":
        trainer = trainers.BpeTrainer(
            vocab_size=max_size or 8000,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            special_tokens=list(specials),
            min_frequency=min_count,
            show_progress=False,
        )
        # Otherwise a word that is spelled like a special symbol would get a second number.
        plain = (part for text in texts for part in names.divide(text)[::2])
        tokenizer.train_from_iterator(
            (piece for part in plain for piece in pieces(part, names, _PIECE)), trainer
        )
    else:
        tokenizer.add_special_tokens(list(specials))
    return tokenizer


def coder_of(tokenizer: Tokenizer, index: Mapping[str, int], unk_id: int | None) -> Coder:
    """The fastest way to the numbers that a tokenizer gives.

    Args:
        tokenizer: of `learn_tokenizer`, or any other.
        index: its symbols and their numbers.
        unk_id: the number of ``<unk>``.
    """
    dtype = number_type(len(index))
    added = tokenizer.get_added_tokens_decoder().values()
    names = SpecialNames(token.content for token in added)
    lowercase = isinstance(tokenizer.normalizer, normalizers.Lowercase)
    beside = (tokenizer.post_processor, tokenizer.truncation, tokenizer.padding)
    usual = all(part is None for part in beside) and (lowercase or tokenizer.normalizer is None)
    changed = any(t.normalized or t.lstrip or t.rstrip or t.single_word for t in added)
    cuts = repr(tokenizer.pre_tokenizer) if usual and not changed else None
    if isinstance(tokenizer.model, models.WordLevel) and unk_id is not None:
        if cuts == repr(_CHARACTERS):
            return CharacterTable(names, index, unk_id, dtype, lowercase=lowercase)
        if cuts == repr(_WORDS):
            return WordTable(WordCutter(names, lowercase=lowercase), index, unk_id, dtype)
    return Subwords(tokenizer, names if cuts == repr(_BYTES) else None, dtype)

"""The fastest way from raw texts to the numbers of their symbols."""

from __future__ import annotations

from collections.abc import Mapping

from tokenizers import Tokenizer, models, normalizers

from seqtasks.data.store.columns import number_type
from seqtasks.data.symbols.characters import CharacterTable
from seqtasks.data.symbols.numbers import Coder
from seqtasks.data.symbols.subwords import Subwords
from seqtasks.data.symbols.tokenizer import BETWEEN_CHARACTERS, BETWEEN_WORDS, BYTES
from seqtasks.data.symbols.words import WordCutter, WordTable


def coder_of(tokenizer: Tokenizer, index: Mapping[str, int], unk_id: int | None) -> Coder:
    """The fastest way from raw texts to the numbers of their symbols.

    They are the numbers that the tokenizer gives, but that no word is a special symbol.

    Args:
        tokenizer: of `learn_tokenizer`, or any other.
        index: the symbols that texts hold, and their numbers.
        unk_id: the number of ``<unk>``.
    """
    dtype = number_type(tokenizer.get_vocab_size())
    lowercase = isinstance(tokenizer.normalizer, normalizers.Lowercase)
    beside = (tokenizer.post_processor, tokenizer.truncation, tokenizer.padding)
    usual = all(part is None for part in beside) and (lowercase or tokenizer.normalizer is None)
    special = all(token.special for token in tokenizer.get_added_tokens_decoder().values())
    cuts = repr(tokenizer.pre_tokenizer) if usual and special else None
    if isinstance(tokenizer.model, models.WordLevel) and unk_id is not None:
        if cuts == repr(BETWEEN_CHARACTERS):
            return CharacterTable(index, unk_id, dtype, lowercase=lowercase)
        if cuts == repr(BETWEEN_WORDS):
            return WordTable(WordCutter(lowercase=lowercase), index, unk_id, dtype)
    return Subwords(tokenizer, dtype, by_word=cuts == repr(BYTES))

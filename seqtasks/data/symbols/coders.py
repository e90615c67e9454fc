"""The fastest way from raw texts to the numbers that a tokenizer gives."""

from __future__ import annotations

from collections.abc import Mapping

from tokenizers import Tokenizer, models, normalizers

from seqtasks.data.store.columns import number_type
from seqtasks.data.symbols.characters import CharacterTable
from seqtasks.data.symbols.numbers import Coder
from seqtasks.data.symbols.special_names import SpecialNames
from seqtasks.data.symbols.subwords import Subwords
from seqtasks.data.symbols.tokenizer import BETWEEN_CHARACTERS, BETWEEN_WORDS, BYTES
from seqtasks.data.symbols.words import WordCutter, WordTable


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
        if cuts == repr(BETWEEN_CHARACTERS):
            return CharacterTable(names, index, unk_id, dtype, lowercase=lowercase)
        if cuts == repr(BETWEEN_WORDS):
            return WordTable(WordCutter(names, lowercase=lowercase), index, unk_id, dtype)
    return Subwords(tokenizer, names if cuts == repr(BYTES) else None, dtype)

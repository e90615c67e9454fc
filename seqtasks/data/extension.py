"""A vocabulary that goes on from an older one: old numbers hold, new symbols come behind."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tokenizers import Tokenizer

from seqtasks.data.vocabulary import Vocabulary


def extended(old: Vocabulary, new: Vocabulary) -> Vocabulary:
    """The old symbols in their places, and behind them the new ones that it lacks.

    A vocabulary of byte pairs stays as it is: it spells every text, and other pairs would cut
    text in another way. So do the channels of a series, whose scale a model has learnt with.

    Args:
        old: whose numbers hold.
        new: fitted on other data, in the same way.

    Returns:
        A vocabulary that turns text into symbols as ``new`` does.

    >>> extended(Vocabulary(["b", "a"]), Vocabulary(["c", "b"])).symbols
    ['b', 'a', 'c']
    """
    if type(old) is not Vocabulary or not lists_words(new):
        return old
    return joined(Vocabulary(old.symbols, new.tokenizer), new.symbols)


def joined(vocabulary: Vocabulary, words: Iterable[str]) -> Vocabulary:
    """A vocabulary of whole words with more of them behind its own.

    >>> joined(Vocabulary(["b", "a"]), ["c", "b"]).symbols
    ['b', 'a', 'c']
    """
    symbols = list(dict.fromkeys([*vocabulary.symbols, *words]))
    if vocabulary.tokenizer is None:
        return Vocabulary(symbols)
    content = json.loads(vocabulary.tokenizer.to_str())
    numbers = {symbol: number for number, symbol in enumerate(symbols)}
    content["model"]["vocab"] = numbers
    for special in content["added_tokens"]:
        special["id"] = numbers[special["content"]]
    return Vocabulary(symbols, Tokenizer.from_str(json.dumps(content)))


def lists_words(vocabulary: Vocabulary) -> bool:
    """Whether symbols can join it: not where byte pairs spell every text."""
    if vocabulary.tokenizer is None:
        return True
    kind: str = json.loads(vocabulary.tokenizer.to_str())["model"]["type"]
    return kind == "WordLevel"

"""A vocabulary that goes on from an older one: old numbers hold, new symbols come behind."""

from __future__ import annotations

import json

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
    if type(old) is not Vocabulary:
        return old
    symbols = list(dict.fromkeys([*old.symbols, *new.symbols]))
    if new.tokenizer is None:
        return Vocabulary(symbols)
    content = json.loads(new.tokenizer.to_str())
    if content["model"]["type"] != "WordLevel":
        return old
    numbers = {symbol: number for number, symbol in enumerate(symbols)}
    content["model"]["vocab"] = numbers
    for special in content["added_tokens"]:
        special["id"] = numbers[special["content"]]
    return Vocabulary(symbols, Tokenizer.from_str(json.dumps(content)))

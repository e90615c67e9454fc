"""What a tokenizer of `tokenizers` holds: its symbols, special ones among them, and merges."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from tokenizers import Tokenizer

from seqtasks.data.symbols.special_names import MARK, stored_name


def symbols_of(tokenizer: Tokenizer) -> tuple[list[str], list[int]]:
    """A tokenizer's symbols in the order of their numbers, and the numbers of the special ones.

    Raises:
        ValueError: a number is missing, or beyond the last.
    """
    numbers = tokenizer.get_vocab()
    if sorted(numbers.values()) != list(range(len(numbers))):
        raise ValueError(
            f"it has {len(numbers):,} symbols with numbers up to {max(numbers.values()):,}; "
            "expected are 0, 1, 2 and so on"
        )
    symbols = sorted(numbers, key=numbers.__getitem__)
    added = tokenizer.get_added_tokens_decoder()
    specials = sorted(number for number, token in added.items() if token.special)
    for number in specials:
        symbols[number] = symbols[number].removeprefix(MARK)
    return symbols, specials


def merges_of(tokenizer: Tokenizer) -> dict[tuple[str, str], int]:
    """The pairs of symbols that byte-pair encoding joins, each with its rank, the best 0."""
    model = json.loads(tokenizer.to_str())["model"]
    pairs = (m if isinstance(m, list) else m.split(" ") for m in model["merges"])
    return {(left, right): rank for rank, (left, right) in enumerate(pairs)}


def with_symbols(
    tokenizer: Tokenizer, symbols: Sequence[str], specials: Iterable[int]
) -> Tokenizer:
    """A tokenizer with other symbols; byte pairs are joined as before.

    Args:
        tokenizer: has special symbols.
        symbols: by number.
        specials: the numbers of the special ones, whatever the tokenizer had.
    """
    content = json.loads(tokenizer.to_str())
    model, [one, *_] = content["model"], content["added_tokens"]
    numbers = sorted(specials)
    special = {*numbers}
    known = {symbol for number, symbol in enumerate(symbols) if number not in special}
    names = {number: stored_name(symbols[number], known) for number in numbers}
    model["vocab"] = {names.get(n, symbol): n for n, symbol in enumerate(symbols)}
    if model["unk_token"] is not None:
        model["unk_token"] = stored_name(model["unk_token"].removeprefix(MARK), known)
    content["added_tokens"] = [{**one, "id": n, "content": name} for n, name in names.items()]
    return Tokenizer.from_str(json.dumps(content))

"""What a tokenizer of `tokenizers` holds: its symbols and merges."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tokenizers import Tokenizer


def symbols_of(tokenizer: Tokenizer) -> list[str]:
    """A tokenizer's symbols in the order of their numbers.

    Raises:
        ValueError: a number is missing, or beyond the last.
    """
    numbers = tokenizer.get_vocab()
    if sorted(numbers.values()) != list(range(len(numbers))):
        raise ValueError(
            f"it has {len(numbers):,} symbols with numbers up to {max(numbers.values()):,}; "
            "expected are 0, 1, 2 and so on"
        )
    return sorted(numbers, key=numbers.__getitem__)


def merges_of(tokenizer: Tokenizer) -> dict[tuple[str, str], int]:
    """The pairs of symbols that byte-pair encoding joins, each with its rank, the best 0."""
    model = json.loads(tokenizer.to_str())["model"]
    pairs = (m if isinstance(m, list) else m.split(" ") for m in model["merges"])
    return {(left, right): rank for rank, (left, right) in enumerate(pairs)}


def with_symbols(tokenizer: Tokenizer, symbols: Sequence[str]) -> Tokenizer:
    """A tokenizer of whole words or characters with other symbols, its special ones among them."""
    content = json.loads(tokenizer.to_str())
    numbers = {symbol: number for number, symbol in enumerate(symbols)}
    content["model"]["vocab"] = numbers
    for special in content["added_tokens"]:
        special["id"] = numbers[special["content"]]
    return Tokenizer.from_str(json.dumps(content))

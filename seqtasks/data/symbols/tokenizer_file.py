"""A tokenizer from a file that a stranger may have made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tokenizers import Tokenizer

PARTS: dict[str, tuple[str | None, ...]] = {
    "normalizer": (None, "Lowercase"),
    "pre_tokenizer": ("WhitespaceSplit", "Split", "ByteLevel"),
    "decoder": (None, "Fuse", "ByteLevel"),
    "post_processor": (None,),
    "truncation": (None,),
    "padding": (None,),
    "model": ("WordLevel", "BPE"),
}
"""Part of a tokenizer → the kinds of it that `learn_tokenizer` makes.

A pattern of another maker may take forever on a text, and padding fills a memory.
"""

CHARACTERS = {"Regex": r"[\s\S]"}
"""The one pattern by which texts are split."""


def tokenizer_of(text: str, content: Mapping[str, Any]) -> Tokenizer:
    """The tokenizer that a JSON text describes.

    Args:
        text: in the format of `tokenizers`.
        content: what the text holds.

    Raises:
        ValueError: it is not of the kind that `learn_tokenizer` makes, or damaged.
    """
    check_parts(content)
    try:
        return Tokenizer.from_str(text)
    except Exception as error:
        raise ValueError(f"its tokenizer cannot be read: {error}") from error
    except BaseException as error:  # a panic of Rust's is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError(f"its tokenizer cannot be read: {error}") from None


def check_parts(content: Mapping[str, Any]) -> None:
    """Refuse, by a ValueError, parts that `learn_tokenizer` does not make."""
    for name, kinds in PARTS.items():
        part = content.get(name)
        kind = part.get("type", "unknown") if isinstance(part, dict) else part
        if not isinstance(kind, str | type(None)) or kind not in kinds:
            raise ValueError(f"its {name} is {str(kind)[:40]!r}, which no training here makes")
    split, model = content["pre_tokenizer"], content["model"]
    if split["type"] == "Split" and split.get("pattern") != CHARACTERS:
        raise ValueError("its pre_tokenizer splits by a pattern that no training here makes")
    vocab = model.get("vocab")
    if not isinstance(vocab, dict) or not vocab:
        raise ValueError("its model has no vocabulary")
    if model["type"] == "WordLevel" and model.get("unk_token") not in vocab:
        raise ValueError("its model has no symbol for unknown words")
    if model.get("dropout") not in (None, 0):
        raise ValueError("its model leaves merges out at random, which no training here makes")

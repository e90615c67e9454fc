"""Prompts, cut into tokens and read in pieces, so that their length costs no memory."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from seqtasks.decoding.steps import State, TextModel, select_rows, skim
from seqtasks.errors import UsageError

if TYPE_CHECKING:
    from seqtasks.data.fields import TokenField

PART = 2**16
"""Characters of a text that are cut into tokens at once."""

CUT = re.compile(r"(?<=\S)(?=[ \t\n])")
"""Where a text may be cut at every level: no word and no byte pair goes across."""


class Start(NamedTuple):
    """Where texts go on from, as the decoders take it.

    Attributes:
        state: Before the last token of each prompt, tensors of shape (batch, ...).
        first: That token, shape (batch,), int64.
        seen: The distinct tokens of each prompt.
    """

    state: State
    first: Tensor
    seen: list[set[int]]

    def rows(self, index: Sequence[int]) -> Start:
        """Some of the rows, in the order of the index and as often as it names them."""
        places = torch.tensor(index, dtype=torch.int64)
        [first] = select_rows((self.first,), places)
        return Start(select_rows(self.state, places), first, [self.seen[row] for row in index])


@torch.no_grad()
def read_prompts(
    model: TextModel,
    prompts: Sequence[Iterable[int]],
    *,
    state: State | None = None,
    device: torch.device | str = "cpu",
    window: int = 256,
) -> Start:
    """Reads all but the last token of each prompt, which is what a text goes on from.

    Args:
        model: The language model.
        prompts: Token ids, at least one a prompt; an iterator is not read ahead of the window.
        state: Before the first token of each prompt, tensors (batch, …); None for the model's own.
        device: Where the model is.
        window: Tokens of each prompt that are read at once; it changes only the memory used.

    Returns:
        The state before each prompt's last token, and that token.

    Raises:
        UsageError: A prompt has no token.
    """
    left = [iter(prompt) for prompt in prompts]
    last = []
    for row, prompt in enumerate(left):
        token = next(prompt, None)
        if token is None:
            raise UsageError(f"prompt {row} of the batch is empty; expected at least one token")
        last.append(token)
    seen = [{token} for token in last]
    while True:
        pieces = [list(islice(prompt, window)) for prompt in left]
        width = max(map(len, pieces), default=0)
        if state is None or width:
            lengths = torch.tensor([len(piece) for piece in pieces], dtype=torch.int64)
            tokens = torch.zeros(len(pieces), width, dtype=torch.int64)
            for row, piece in enumerate(pieces):
                *now, last[row] = [last[row], *piece]
                tokens[row, : len(piece)] = torch.tensor(now, dtype=torch.int64)
                seen[row].update(piece)
            state = skim(model, tokens.to(device), lengths.to(device), state)
        if width < window:
            return Start(state, torch.tensor(last, dtype=torch.int64, device=device), seen)


def text_tokens(field: TokenField, text: str, unknown: dict[str, None]) -> Iterator[int]:
    """The token ids of a raw text, however long it is, as the field encodes it, without ``<eos>``.

    The text is read in parts, which are cut where no token is. ``unknown`` gets the symbols that
    the vocabulary does not know, in order; they are read as ``<unk>``.

    Raises:
        UsageError: A symbol is unknown and the vocabulary has no ``<unk>``.
    """
    vocabulary, tokenizer = field.vocabulary, field.vocabulary.tokenizer
    if field.bos:
        yield vocabulary.specials["<bos>"]
    for part in map(field.cuttable, _parts(text)):
        symbols = _symbols(field, part)
        unknown.update((symbol, None) for symbol in symbols if symbol not in vocabulary)
        if unknown and vocabulary.unk_id is None:
            raise UsageError(
                f"{list_symbols(unknown)}: the model does not know it and has no <unk> to read "
                "instead; leave it out"
            )
        if tokenizer is None:
            yield from vocabulary.encode(symbols)
        else:
            yield from vocabulary.coder.encode([part])[0].tolist()


def list_symbols(symbols: Collection[str], most: int = 10) -> str:
    """List some symbols for a message.

    >>> list_symbols("abc", most=2)
    "'a', 'b' and 1 more"
    """
    names = ", ".join(repr(symbol) for symbol in islice(symbols, most))
    return f"{names} and {len(symbols) - most} more" if len(symbols) > most else names


def _parts(text: str) -> Iterator[str]:
    """A text in parts of about `PART` characters, each but the first beginning with a space."""
    start = 0
    while len(text) - start > PART and (cut := CUT.search(text, start + PART)):
        yield text[start : cut.start()]
        start = cut.start()
    yield text[start:]


def _symbols(field: TokenField, text: str) -> list[str]:
    """What has to be in the vocabulary: words or characters; byte pairs spell everything."""
    tokenizer = field.vocabulary.tokenizer
    if tokenizer is None:
        return field.fold(field.vocabulary.cut(text))
    if field.level == "bpe":
        return []
    if tokenizer.normalizer is not None:
        text = tokenizer.normalizer.normalize_str(text)
    return [symbol for symbol, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text)]

"""What follows given texts, and how probable the texts are, by a saved language model."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import torch
from torch import Tensor

from seqtasks import metrics
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import Field, LabelField, TokenField
from seqtasks.data.fields.unseen import known_labels
from seqtasks.data.record import Record
from seqtasks.decoding import (
    Start,
    State,
    generate_text,
    read_prompts,
    score_texts,
    search_text,
    select_rows,
    stream_text,
    text_tokens,
)
from seqtasks.decoding.prompts import list_symbols
from seqtasks.errors import DataError, UsageError
from seqtasks.prediction.abilities import Generates
from seqtasks.prediction.answer import Answer
from seqtasks.prediction.model import Model

_log = logging.getLogger(__name__)


class Text(NamedTuple):
    """A given text, by its number from 1 up, and which sample from 0 up is to go on from it."""

    number: int
    content: str
    sample: int = 0


class TextGenerator:
    """A saved language model that goes on with texts, or scores them.

    Args:
        bundle: the saved model.
        condition: the raw label or vector that every text starts from, where the model has one.
        warn: is told what a person should know of a text, such as symbols read as ``<unk>``.

    Raises:
        UsageError: this is no language model, or the condition does not fit it.
    """

    def __init__(
        self,
        bundle: Model,
        condition: str | None = None,
        warn: Callable[[str], None] = _log.warning,
    ) -> None:
        self.warn = warn
        self.model: Any = bundle.task
        if not isinstance(bundle.task, Generates):
            raise UsageError(
                f"the bundle holds a {type(bundle.task).__name__}, which is no language model; use "
                "python -m seqtasks.predict for it, or train one: python -m seqtasks "
                "task=generation"
            )
        field = bundle.fields[str(bundle.task.target)]
        assert isinstance(field, TokenField)
        self.field = field
        part: Any = getattr(self.model, "condition", None)
        self.state = self.started(None if part is None else bundle.fields[part.field], condition)

    def started(self, field: Field | None, condition: str | None) -> State | None:
        """The state (1, …) that a raw condition sets; None without a field of conditions."""
        if field is None:
            if condition is not None:
                raise UsageError(
                    "this model starts from no condition; leave it out", option="condition"
                )
            return None
        if condition is None:
            labels = field.vocabulary.symbols if isinstance(field, LabelField) else []
            choices = f"; the labels are {', '.join(labels)}" if labels else ""
            raise UsageError(
                f"this model starts from its '{field.name}'; give one{choices}", option="condition"
            )
        try:
            with known_labels([field]):
                found = SequenceDataset.of({field.name: field}, [Record({field.name: condition})])
        except DataError as error:
            raise UsageError(error.message, option="condition") from error
        with torch.no_grad():
            return self.model.start(found[0].to(self.model.device))

    def before(self, count: int) -> State | None:
        """The state before the first token of ``count`` texts; None for the model's own.

        Each tensor is (count, …).
        """
        rows = torch.zeros(count, dtype=torch.int64)
        return None if self.state is None else select_rows(self.state, rows)

    def follow(self, text: Text, settings: Mapping[str, Any]) -> Iterator[str]:
        """What follows a prompt, in pieces that are given as soon as they are settled.

        The settings, here and in `draw`, are keyword arguments of `stream_text`.
        """
        start = self.begin([text])
        for pieces in stream_text(
            self.model, start, rows=[text.number], samples=[text.sample], **settings
        ):
            for _, piece in pieces:
                yield piece

    def draw(self, texts: Sequence[Text], settings: Mapping[str, Any]) -> list[Answer]:
        """What follows each text; the same as in any other batch, and as in `follow`."""
        numbers, samples = [text.number for text in texts], [text.sample for text in texts]
        start = self.begin(texts)
        found = generate_text(self.model, start, rows=numbers, samples=samples, **settings)
        return [Answer(text) for text in found]

    def search(self, texts: Sequence[Text], **settings: Any) -> list[Answer]:
        """The best continuation of each text that a beam finds; settings as in `search_text`."""
        found = search_text(self.model, self.begin(texts), **settings)
        return [Answer(text, log_prob=log_prob) for text, log_prob in found]

    def score(
        self, texts: Sequence[Text], adaptive: Callable[..., Tensor] | None = None
    ) -> list[dict[str, float]]:
        """How probable each text is: what evaluation would report of the text alone.

        The state at the beginning is zero, or that of the condition. Scored is every token after
        ``<bos>``, or after the first where the model reads none, and ``<eos>`` where it does.

        Args:
            texts: each is scored alone.
            adaptive: gives the log-probabilities, (tokens - 1,), of a text's tokens after its
                first, by a model that adapts to it (`seqtasks.evaluation.adapting`); None for the
                model as it is.

        Returns:
            ``tokens`` that are scored, ``nats`` in total, ``perplexity``, ``characters`` of the
            text, ``bits_per_char``.

        Raises:
            UsageError: a symbol cannot be read.
        """
        end = [self.field.vocabulary.specials["<eos>"]] if self.field.eos else []
        tokens = [[*self.tokens(text), *end] for text in texts]
        if adaptive is not None:
            state = self.before(1)
            found = [0.0 - float(adaptive(numbers, state=state).sum()) for numbers in tokens]
        else:
            state, device = self.before(len(tokens)), self.model.device
            window = getattr(self.model, "window", 256)
            found = score_texts(self.model, tokens, state=state, device=device, window=window)
        counts = [max(len(numbers) - 1, 0) for numbers in tokens]
        return [
            measured(count, nats, len(text.content))
            for text, count, nats in zip(texts, counts, found, strict=True)
        ]

    def begin(self, texts: Sequence[Text]) -> Start:
        """Read the prompts, each once however many samples are wanted of it."""
        distinct = {text.number: text for text in reversed(texts)}
        prompts = [self.prompt(text) for text in distinct.values()]
        state, device = self.before(len(prompts)), self.model.device
        start = read_prompts(self.model, prompts, state=state, device=device)
        places = {number: place for place, number in enumerate(distinct)}
        return start.rows([places[text.number] for text in texts])

    def prompt(self, text: Text) -> Iterator[int]:
        """The tokens of a text, of which there is at least one."""
        tokens = self.tokens(text)
        first = next(tokens, None)
        if first is None:
            raise UsageError(
                f"text {text.number} is empty, and the model was trained without <bos>, so it "
                "cannot begin one; give at least one token"
            )
        return chain([first], tokens)

    def tokens(self, text: Text) -> Iterator[int]:
        """The tokens of a text; `warn` is told the symbols read as ``<unk>``."""
        unknown: dict[str, None] = {}
        try:
            yield from text_tokens(self.field, text.content, unknown)
        except UsageError as error:
            raise UsageError(f"text {text.number}: {error}") from error
        if unknown and not text.sample:
            self.warn(f"text {text.number}: read as <unk>: {list_symbols(unknown)}")

    def opening(self, text: Text) -> str:
        """A prompt as it stands before its continuation: a prompt of words gets a space behind."""
        words = self.field.level == "word"
        gap = words and text.content and not text.content[-1].isspace()
        return text.content + " " * bool(gap)


def measured(tokens: int, nats: float, characters: int) -> dict[str, float]:
    """How probable a text is, by name; NaN where there is nothing to divide by.

    >>> found = measured(tokens=2, nats=2.772588722, characters=8)
    >>> round(found["perplexity"], 6), round(found["bits_per_char"], 6)
    (4.0, 0.5)
    """
    return {
        "tokens": tokens,
        "nats": nats,
        "perplexity": metrics.perplexity(nats, tokens),
        "characters": characters,
        "bits_per_char": metrics.bits_per_character(nats, characters),
    }

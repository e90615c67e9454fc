"""The text that a language model goes on with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from torch import Tensor, nn

from seqtasks.decoding.beam import beam_search
from seqtasks.decoding.draws import draws
from seqtasks.decoding.prompts import Start
from seqtasks.decoding.sampling import sample
from seqtasks.decoding.steps import DecodingStep, State, TextModel
from seqtasks.decoding.streaming_detokenizer import StreamingDetokenizer
from seqtasks.encoder.threads import ThreadLimit


def stream_text(
    model: TextModel, start: Start, max_length: int, *, stop: Collection[str] = (), **options: Any
) -> Iterator[list[tuple[int, str]]]:
    """Draws one continuation a row and gives its text as soon as it is settled.

    The prompts are from `read_prompts`; of the model's special tokens only the end is ever drawn.
    ``stop`` is as in `StreamingDetokenizer`; the other options and the errors are those of `draws`.

    Yields:
        For every step the rows that drew a token, in order, each with a piece of text, which may be
        empty; at last what was held back of every row.
    """
    transcripts = [StreamingDetokenizer(model.vocabulary.decode, stop) for _ in start.seen]
    end = model.vocabulary.eos_id
    rules = drawing(model, start, {**options, "ends": lambda row: transcripts[row].ended})
    for found in draws(limited(model), start.state, start.first, max_length, **rules):
        yield [(row, transcripts[row].write(token)) for row, token, _ in found if token != end]
    yield [(row, transcript.close()) for row, transcript in enumerate(transcripts)]


def generate_text(
    model: TextModel,
    start: Start,
    max_length: int,
    *,
    stop: Collection[str] = (),
    **options: Any,
) -> list[str]:
    """Draws the text of one continuation a row; arguments and errors as in `stream_text`."""
    if stop:
        texts: list[list[str]] = [[] for _ in start.seen]
        for pieces in stream_text(model, start, max_length, stop=stop, **options):
            for row, piece in pieces:
                texts[row].append(piece)
        return ["".join(pieces) for pieces in texts]
    rules = drawing(model, start, options)
    found = sample(limited(model), start.state, start.first, max_length, **rules)
    return [model.vocabulary.decode(one.tokens) for one in found]


def drawing(model: TextModel, start: Start, options: Mapping[str, Any]) -> dict[str, Any]:
    """Keyword arguments of `draws` for a model that goes on with prompts."""
    vocabulary = model.vocabulary
    forbidden = vocabulary.special_ids
    return dict(eos_id=vocabulary.eos_id, forbidden=forbidden, seen=start.seen, **options)


def search_text(
    model: TextModel,
    start: Start,
    max_length: int,
    *,
    stop: Collection[str] = (),
    **options: Any,
) -> list[tuple[str, float]]:
    """Finds the most probable continuation of each row that a beam reaches.

    Arguments and errors are those of `beam_search`, after the model and the prompts from
    `read_prompts`; ``stop`` has strings at which the text that is found is cut.

    Returns:
        For each row its text and the log-probability of all its tokens in nats.
    """
    vocabulary = model.vocabulary
    found = beam_search(
        limited(model),
        start.state,
        start.first,
        n_best=1,
        max_length=max_length,
        eos_id=vocabulary.eos_id,
        forbidden=vocabulary.special_ids,
        **options,
    )
    results = []
    for best, *_ in found:
        transcript = StreamingDetokenizer(vocabulary.decode, stop)
        text = "".join(map(transcript.write, best.tokens)) + transcript.close()
        results.append((text, best.log_prob))
    return results


def limited(model: TextModel) -> DecodingStep:
    """The step of a model, by as many threads as the rows are worth."""
    if not isinstance(model, nn.Module):
        return model.step
    threads = ThreadLimit(model, alone=True)

    def step(tokens: Tensor, state: State) -> tuple[Tensor, State]:
        with threads.of(len(tokens)):
            return model.step(tokens, state)

    return step

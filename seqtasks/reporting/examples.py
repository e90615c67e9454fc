"""What a report says of single examples: where the model errs, and what it looks at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from seqtasks.bundle import Bundle, load
from seqtasks.data.batching.streams import Streams
from seqtasks.data.raw_inputs import as_text, spelled
from seqtasks.data.store.dataset import SequenceDataset
from seqtasks.errors import SeqtasksError
from seqtasks.evaluation.scoring import contributions
from seqtasks.evaluation.split import Split, read_split
from seqtasks.inspection.alignment import align
from seqtasks.inspection.marks import visible
from seqtasks.inspection.states import hidden_states
from seqtasks.reporting.breakdown import Group, by_length, by_rarest_word, most_loss
from seqtasks.reporting.console import number
from seqtasks.reporting.markup import heat, paragraph, section, table

ERRORS, PICTURES, STEPS, UNITS = 10, 3, 40, 16
"""So many errors and pictures are shown, of so many steps and units."""


def examples(folder: Path, trusted: Sequence[str], count: int) -> list[str]:
    """Sections about some test examples; none where the test data is not at hand any more.

    Args:
        folder: of the bundle.
        trusted: modules whose classes it may name.
        count: examples at most.
    """
    bundle = load(folder, trusted=trusted)
    try:
        split = read_split(bundle, trusted=trusted)
    except SeqtasksError as error:
        return [section("Examples", paragraph(f"The test data cannot be read: {error}"))]
    if isinstance(split.batching, Streams):
        [text] = [as_text(split.dataset.records[0].values[bundle.task.inputs[0]])]
        return [section("What units hold", states(bundle, text[:STEPS]))]
    total = len(split.dataset)
    split = drawn(split, count)
    sums = contributions(bundle, split)
    whole = f"{len(split.dataset):,} of {total:,} test examples"
    places = range(len(split.dataset))
    texts = [spelled(r.values, bundle.task.inputs) for r in split.dataset.records]
    right = [expected(bundle, split, place) for place in places]
    predicted = bundle.predict([record.values for record in split.dataset.records])
    return [
        section(
            "Where it errs",
            paragraph(f"Looked at one by one: {whole}. Groups by the length of the input:"),
            grouped(by_length(split, sums)),
            *rare(by_rarest_word(bundle, split, sums)),
        ),
        section(
            "The most loss",
            table(
                ["nats", "input", "expected", "predicted"],
                [
                    [
                        f"{nats:.2f}",
                        texts[at],
                        right[at].replace("\t", " | "),
                        as_text(predicted[at]),
                    ]
                    for at, nats in most_loss(sums, ERRORS)
                ],
                texts=(1, 2, 3),
            ),
        ),
        pictures(bundle, list(zip(texts, right, strict=True))),
    ]


def drawn(split: Split, count: int) -> Split:
    """Some of the examples at random, in their order."""
    records = split.dataset.records
    if len(records) <= count:
        return split
    places = sorted(Random(0).sample(range(len(records)), count))
    return split._replace(
        dataset=SequenceDataset(split.dataset.fields, [records[place] for place in places])
    )


def grouped(found: Sequence[Group]) -> str:
    """Groups of examples with their scores."""
    names = list(found[0].scores) if found else []
    rows = [
        [one.name, len(one.examples), *(number(name, one.scores[name]) for name in names)]
        for one in found
    ]
    return table(["", "examples", *(name.replace("_", " ") for name in names)], rows)


def rare(found: Sequence[Group]) -> list[str]:
    """Groups by rarity."""
    if len(found) < 2:
        return []
    said = "By the rarest token of the input, counted from the most frequent in training:"
    return [paragraph(said), grouped(found)]


def expected(bundle: Bundle, split: Split, place: int) -> str:
    """The right answer of an example."""
    values, target = split.dataset.records[place].values, bundle.task.target
    return as_text(values[target]) if target in values else ""


def pictures(bundle: Bundle, pairs: Sequence[tuple[str, str]]) -> str:
    """Attention maps where the model attends; else what some units hold."""
    short = [p for p in pairs if 2 <= len(p[0].split()) <= STEPS or len(p[0]) <= STEPS]
    short = short or sorted(pairs, key=lambda pair: len(pair[0]))[:PICTURES]
    decoder: Any = getattr(bundle.task, "decoder", None)
    if decoder is not None and decoder.attends:
        maps = [attention(bundle, text, target) for text, target in short[:PICTURES]]
        return section("What it attends to", *maps)
    return section("What units hold", *(states(bundle, text) for text, _ in short[:1]))


def attention(bundle: Bundle, text: str, right: str) -> str:
    """The weights while an answer is written: its own, or the right one where that is empty."""
    [own] = bundle.predict([text])
    try:
        found = align(bundle, text, own if own.strip() else right.split("\t")[0])
    except SeqtasksError as error:
        return paragraph(f"No map of '{text}': {error}")
    return heat(
        [visible(symbol) for symbol in found.target],
        [visible(symbol) for symbol in found.source],
        found.weights.tolist(),
    )


def states(bundle: Bundle, text: str) -> str:
    """What the most selective units of the last layer hold at each step of a text."""
    try:
        found = hidden_states(bundle, text)
    except SeqtasksError:  # several inputs, or no tokens
        return ""
    chosen = found.chosen(min(UNITS, found.values.size(1)))
    largest = found.values.abs().max().clamp(min=1e-9)
    rows = [f"{one.unit}: {one.property}" for one in chosen]
    shares = [(found.values[:, one.unit] / largest).tolist() for one in chosen]
    said = "Units that tell a property of the text best: blue for positive, orange for negative."
    return paragraph(said) + heat(rows, [visible(symbol) for symbol in found.symbols], shares)

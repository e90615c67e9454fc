"""Made-up inputs of a model, from which its computations are traced."""

from __future__ import annotations

import json
from itertools import islice

from seqtasks.data.batch import Batch
from seqtasks.data.fields import Field, LabelField, TokenField, VectorSequenceField
from seqtasks.graphs.graph import Graph, Named
from seqtasks.prediction.model import Model


def example(bundle: Model, rows: int) -> Batch:
    """A batch of so many examples, the first of two tokens and each other of one more."""
    names = bundle.task.inputs
    given = [{name: value(bundle.fields[name], row) for name in names} for row in range(rows)]
    return bundle.batch(bundle.read(bundle.records(given)), range(rows))


def value(field: Field, row: int) -> str:
    """A raw value of a field, with one step more in each row."""
    symbols, steps = field.vocabulary.symbols, row + 2
    if isinstance(field, TokenField):
        written = map(field.vocabulary.decode, ([number] for number in range(len(symbols))))
        words = list(islice((word for word in written if word.strip()), 50))
        if field.max_length is not None:
            steps = max(1, min(steps, field.max_length - field.bos - field.eos))
        text = " ".join(words[(row + step) % len(words)] for step in range(steps))
        return "\t".join([text] * max(1, len(field.parts)))
    if isinstance(field, LabelField):
        return symbols[row % len(symbols)]
    vector = [0.5 * (place + row) for place in range(len(symbols))]
    if isinstance(field, VectorSequenceField):
        return json.dumps([vector] * steps)
    return " ".join(map(str, vector))


def spread_axes(graph: Graph) -> Graph:
    """A graph whose example has a step of padding along every axis of length 1.

    A trace takes the length 1 for one that never varies.
    """
    inputs: Named = dict(graph.inputs)
    for name, axes in graph.axes.items():
        tensor = inputs[name]
        sizes = [
            size + (size == 1 and label not in (None, "batch"))
            for size, label in zip(tensor.shape, axes, strict=True)
        ]
        inputs[name] = tensor.new_zeros(sizes)
        inputs[name][tuple(map(slice, tensor.shape))] = tensor
    return graph._replace(inputs=inputs)

"""A text as a model reads it: its symbols, and what its encoder is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from seqtasks.bundle import Bundle
from seqtasks.data.batch import Batch, lengths_of
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import TagField, TokenField
from seqtasks.data.fields.unseen import known_labels
from seqtasks.data.record import Record, Value
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError
from seqtasks.prediction.model import Inputs
from seqtasks.prediction.symbols import symbols_of
from seqtasks.task import Task


@dataclass(frozen=True)
class Reading:
    """One text as a batch of one.

    Attributes:
        batch: the fields of the text, and of the target if there is one.
        symbols: each token as it stands in the text; special ones by their names.
        numbers: each token's number; unknown tokens share one.
    """

    batch: Batch
    symbols: list[str]
    numbers: list[int]


def find_encoder(task: Task) -> RecurrentEncoder:
    """The encoder of a task."""
    encoder = getattr(task, "encoder", None)
    if not isinstance(encoder, RecurrentEncoder):
        raise UsageError(
            f"{type(task).__name__} has no encoder to look into: a RecurrentEncoder is expected "
            f"as its `encoder`, its parts are {', '.join(dict(task.named_children())) or 'none'}"
        )
    return encoder


def encode_text(
    bundle: Bundle, given: Inputs, target: Value | None = None, least: int = 2
) -> Reading:
    """Encode a text as the bundle's model reads it.

    Args:
        bundle: the model and its fields.
        given: the text, or the text by the name of the input.
        target: what is to be predicted; None leaves it out.
        least: how many symbols the text has at least, 1 or 2.

    Raises:
        UsageError: the text is empty or too short, or the model reads no tokens or several texts.
        DataError: the text or the target does not fit the fields, or is a label that the model has
            not learnt.
    """
    task = bundle.task
    main, *others = task.inputs
    if others:
        raise UsageError(
            f"{type(task).__name__} reads {len(task.inputs)} texts at once "
            f"({', '.join(task.inputs)}): look into a model that reads one"
        )
    field = bundle.fields[main]
    if not isinstance(field, TokenField):
        raise UsageError(f"'{main}' is a {type(field).__name__}: a text of tokens is expected")
    values = bundle.record(given, "text", 1).values
    if not values:
        raise UsageError("it is empty; give one", option="text")
    text = values[main]
    wanted = {*task.inputs}
    if target is not None and task.target is not None and task.target != main:
        values[task.target] = target
        wanted.add(task.target)
        if isinstance(bundle.fields[task.target], TagField) and isinstance(target, list):
            tokens = field.tokens(Record({main: text}))
            values[main] = tokens[: len(target)]  # a long text may be cut
    fields = {
        name: field
        for name, field in bundle.fields.items()
        if name in wanted or (field.derived and field.along in task.inputs)
    }
    with known_labels(fields.values()):
        dataset = SequenceDataset.of(fields, [Record(values, "text", 1)])
    batch: Batch = dataset[0].to(task.device)
    numbers = batch[main][0].tolist()
    symbols = symbols_of(field, text, len(numbers))
    if len(symbols) - field.bos - field.eos < least:
        raise UsageError(
            f"the text has one symbol ({symbols[field.bos]!r}), at least two are needed; this "
            f"model reads text by the {field.level}"
        )
    return Reading(batch, symbols, numbers)


def features(task: Task, encoder: RecurrentEncoder, reading: Reading) -> tuple[Tensor, Reading]:
    """What the encoder is given at each symbol, (1, time, input_size), and the symbols.

    The task predicts until it first calls its encoder. A language model never reads the last token,
    but only predicts it: ``<eos>`` is therefore left out, and any other text gets one more token.

    Raises:
        UsageError: the task predicts without its encoder, or gives it no step for each symbol.
    """
    main, batch = task.inputs[0], reading.batch
    run: Callable[[Batch], Any] = task.predict
    if task.target == main:
        run = task
        if reading.numbers[-1] == task.vocabularies[main].eos_id:
            reading = Reading(batch, reading.symbols[:-1], reading.numbers[:-1])
        else:
            name = lengths_of(main)
            longer = torch.cat([batch[main], batch[main][:, -1:]], dim=1)
            batch = Batch({**batch, main: longer, name: batch[name] + 1})

    def stop(module: Any, arguments: Sequence[Any], keywords: dict[str, Any]) -> None:
        raise _Reached(arguments[0] if arguments else keywords["inputs"])

    try:
        with encoder.register_forward_pre_hook(stop, with_kwargs=True), torch.no_grad():
            run(batch)
        raise UsageError(f"{type(task).__name__} predicts without its encoder; choose another view")
    except _Reached as reached:
        [inputs] = reached.args
    if inputs.size(1) != len(reading.symbols):
        raise UsageError(
            f"the encoder takes {inputs.size(1)} steps over {len(reading.symbols)} symbols of "
            f"'{main}'; a symbol for each step is expected"
        )
    return inputs, reading


class _Reached(Exception):
    """Ends a prediction when the encoder is called, and holds the encoder's inputs."""

"""The hidden states of one layer after each symbol of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from seqtasks.bundle import Bundle
from seqtasks.errors import UsageError
from seqtasks.inspection.properties import properties
from seqtasks.inspection.reading import encode_text, features, find_encoder
from seqtasks.inspection.selectivity import Selectivity, rank
from seqtasks.inspection.trace import CellTrace, trace_encoder

OUTPUT = "h"
"""The name of a recurrence's output in its equations."""


@dataclass(frozen=True)
class HiddenStates:
    """The values of every unit of one layer over a text.

    Attributes:
        symbols: each token as the text has it.
        values: (time, units); the value of a backward recurrence at a symbol is the one after it
            has read the text from the end to that symbol.
        ranking: every unit, the most selective first.
        directions: ``forward`` or ``backward`` for each unit.
        layer: counted from 0, which reads the embedding.
        state: ``h``, or the number of a state tensor.
        cell: the recurrence's class.
    """

    symbols: list[str]
    values: Tensor
    ranking: list[Selectivity]
    directions: list[str]
    layer: int
    state: str
    cell: str

    def chosen(self, units: int | None = None, unit: Sequence[int] = ()) -> list[Selectivity]:
        """Some units, the most selective first.

        Args:
            units: the number of units; None for 12, or all if there are fewer.
            unit: the numbers of the wanted units; empty for the most selective ones.

        Raises:
            UsageError: there are fewer units, or a number is out of range.
        """
        size = len(self.ranking)
        where = f"layer {self.layer} has {size} units in '{self.state}'"
        for one in unit:
            if not 0 <= one < size:
                raise UsageError(
                    f"there is no unit {one}: {where}, from 0 to {size - 1}", option="unit"
                )
        if unit:
            return [one for one in self.ranking if one.unit in unit]
        if units is not None and not 1 <= units <= size:
            raise UsageError(
                f"{units} units cannot be shown: {where}; choose from 1 to {size}", option="units"
            )
        return self.ranking[: 12 if units is None else units]

    def to_json(self, chosen: Sequence[Selectivity]) -> dict[str, Any]:
        """Plain values for a file."""
        return {
            "symbols": self.symbols,
            "cell": self.cell,
            "layer": self.layer,
            "state": self.state,
            "units": [
                {
                    "unit": one.unit,
                    "direction": self.directions[one.unit],
                    "selectivity": one.share,
                    "property": one.property,
                    "values": [round(value, 6) for value in self.values[:, one.unit].tolist()],
                }
                for one in chosen
            ],
        }


def hidden_states(
    bundle: Bundle, text: str, layer: int | None = None, state: str = OUTPUT
) -> HiddenStates:
    """Read a text and keep the values of one layer's units at each step.

    Args:
        bundle: a model with an encoder.
        text: at least two symbols.
        layer: counted from 0; None for the last.
        state: ``h`` for the recurrence's output, or the number of a tensor of its state, counted
            from 0 in the order of the cell's documentation (of an LSTM, 0 is h and 1 is c).

    Raises:
        UsageError: there is no encoder, layer or state of that name, or the text is too short.
        DataError: the model cannot read the text.
    """
    encoder = find_encoder(bundle.task)
    count = len(encoder.layers)
    layer = count - 1 if layer is None else layer
    if not 0 <= layer < count:
        raise UsageError(
            f"there is no layer {layer}: the encoder has {count}, from 0, which reads the "
            f"embedding, to {count - 1}",
            option="layer",
        )
    found: Any = encoder.layers[layer]
    cell = found.cells[0]
    tensor = _find_state(cell, state)
    inputs, reading = features(bundle.task, encoder, encode_text(bundle, text))
    with torch.no_grad(), trace_encoder(encoder) as (layers, _):
        encoder(inputs)
    parts = [_over_time(trace, tensor) for trace in layers[layer].cells]
    values = torch.cat([parts[0], *(part.flip(0) for part in parts[1:])], dim=1)
    directions = ["forward"] * parts[0].size(1)
    directions += ["backward"] * (values.size(1) - len(directions))
    ranking = rank(values, properties(reading.symbols, reading.numbers))
    name = type(cell).__name__
    return HiddenStates(reading.symbols, values, ranking, directions, layer, state, name)


def _find_state(cell: Any, state: str) -> int | None:
    """The number of a state tensor; None for the output."""
    if state == OUTPUT:
        return None
    numbers = [str(number) for number, shape in enumerate(cell.state_shapes) if 0 not in shape]
    if state not in numbers:
        raise UsageError(
            f"{type(cell).__name__} has no state '{state}'; the choices are "
            f"{', '.join([OUTPUT, *numbers])}",
            option="state",
        )
    return int(state)


def _over_time(trace: CellTrace, tensor: int | None) -> Tensor:
    """(time, units), the output or a state tensor, whose axes after the first are flattened."""
    if tensor is None:
        return torch.cat(trace.outputs, dim=1)[0]
    return torch.cat([state[tensor] for state in trace.states]).flatten(1)

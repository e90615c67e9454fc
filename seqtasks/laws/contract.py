"""What a cell must have before any law can be examined: sizes, shapes, the same answer twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from seqtasks.cells import find_cell
from seqtasks.cells.contract import output_and_state
from seqtasks.errors import SeqtasksError
from seqtasks.laws.broken import Broken, crash
from seqtasks.laws.steps import has_step
from seqtasks.laws.subject import Subject, widen

NEEDED = {
    "input_size": "features of each input step",
    "output_size": "features of each output step",
    "state_shapes": "a tuple with the shape of each state tensor, without its batch axis",
}


def settle(subject: Subject) -> Subject:
    """The subject, once the cell alone keeps the contract; still if it is random in training.

    Raises:
        Broken: the cell lacks an attribute, crashes, gives other shapes than it says, or is random
            even when evaluating.
        UsageError: there is no such cell or option.
    """
    make = find_cell(subject.cell, subject.options)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(3)
            cell = make(subject.input_size, subject.size, **subject.options)
            _has_what_it_needs(cell, subject)
            cell = widen(cell, torch.float64)
            _gives_what_it_says(cell, subject)
            if _repeats(cell.train(), subject):
                return subject
            if _repeats(cell.eval(), subject):
                return replace(subject, training=False)
    except (Broken, SeqtasksError):
        raise
    except Exception as error:
        raise crash(error) from error
    raise Broken("the same inputs give different outputs twice, even when evaluating", "output")


def _has_what_it_needs(cell: Any, subject: Subject) -> None:
    missing = [f"{name} ({meaning})" for name, meaning in NEEDED.items() if not hasattr(cell, name)]
    if missing:
        raise Broken(f"{type(cell).__name__} has no {', no '.join(missing)}")
    if not isinstance(cell, nn.Module):
        raise Broken(f"{type(cell).__name__} is not a torch.nn.Module")
    if cell.input_size != subject.input_size:
        raise Broken(f"input_size is {cell.input_size}, not the {subject.input_size} it was given")
    shapes = cell.state_shapes
    if not isinstance(shapes, tuple) or not all(isinstance(shape, tuple) for shape in shapes):
        raise Broken(f"state_shapes is {shapes!r}, not a tuple of tuples such as ((hidden_size,),)")


def _gives_what_it_says(cell: Any, subject: Subject) -> None:
    inputs = subject.random(2, 3, seed=2)
    if has_step(cell):
        x = inputs[:, 0]
        found = cell.step(x, cell.initial_state(len(x), x))
        if not isinstance(found, tuple):
            raise Broken("step returns neither a tuple of state tensors nor an output and such one")
        _has_its_shapes(cell, output_and_state(found), inputs.shape[:1])
    _has_its_shapes(cell, cell(inputs, None, None), inputs.shape[:2])


def _has_its_shapes(cell: Any, result: Any, leading: tuple[int, ...]) -> None:
    if not isinstance(result, tuple) or len(result) != 2 or not isinstance(result[1], tuple):
        raise Broken("forward returns no pair of outputs and a tuple of state tensors")
    outputs, state = result
    wanted = (*leading, cell.output_size)
    if not isinstance(outputs, Tensor) or outputs.shape != wanted:
        shape = tuple(outputs.shape) if isinstance(outputs, Tensor) else type(outputs).__name__
        raise Broken(f"output has shape {shape}, not {wanted}", "output")
    shapes = [tuple(tensor.shape[1:]) for tensor in state]
    if shapes != list(cell.state_shapes):
        raise Broken(f"states have shapes {shapes}, not {list(cell.state_shapes)}", "state")


def _repeats(cell: nn.Module, subject: Subject) -> bool:
    with torch.no_grad():
        first, second = (cell(subject.random(2, 3, seed=2), None, None)[0] for _ in range(2))
    return torch.allclose(first, second, equal_nan=True)

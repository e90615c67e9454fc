"""The batch: named tensors that a task's methods receive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch.nn import functional

from seqtasks.errors import UsageError
from seqtasks.kernels.lengths import keep_on_host

TEXT = "_text"
"""What follows a field's name where a batch holds its texts."""


class Batch(dict[str, Any]):
    """Named tensors of one batch, readable as attributes.

    A field of tokens called ``tokens`` comes with ``lengths``; one called ``source`` comes with
    ``source_lengths``. The fields of the data decide what a batch holds. ``counted`` is False in
    a batch whose examples count neither in training nor in a score (`DealtBatch`).

    Raises:
        UsageError: a text is asked for, such as ``target_text``, that its field does not keep.

    >>> Batch(tokens=1, lengths=2).tokens
    1
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            if name.endswith(TEXT):
                raise UsageError(
                    "the scores need these texts; set it to true",
                    option=f"data.{name.removesuffix(TEXT)}.keep_text",
                ) from None
            raise AttributeError(
                f"this batch has no '{name}'; it has {', '.join(self) or 'nothing'}"
            ) from None

    @property
    def is_counted(self) -> bool:
        """Whether the examples count; see `DealtBatch`."""
        return bool(self.get("counted", True))

    def to(self, device: torch.device | str, **options: Any) -> Batch:
        """The batch with every tensor on a device; the options are those of `torch.Tensor.to`.

        Lengths that leave the CPU keep what they were there (`on_host`), so that nobody waits for a
        GPU to read them.
        """
        found = Batch(self)
        for name, value in self.items():
            if not isinstance(value, torch.Tensor):
                continue
            moved = found[name] = value.to(device, **options)
            if name.endswith("lengths") and value.device.type == "cpu" != moved.device.type:
                keep_on_host(moved, value)
        return found


class DealtBatch(list[int]):
    """The numbers of the examples that one process reads of a batch.

    Attributes:
        place: in training the seed, the epoch and the step, from which follows what fields draw;
            None where nothing is drawn.
        counted: whether the examples count. A process that has no share in a batch reads one
            example of it that does not, so that all processes take equally many steps.
    """

    def __init__(
        self, numbers: Iterable[int], place: tuple[int, ...] | None = None, counted: bool = True
    ) -> None:
        super().__init__(numbers)
        self.place, self.counted = place, counted


def lengths_of(name: str) -> str:
    """The name in a batch of the lengths of a field of tokens or of steps.

    >>> lengths_of("tokens"), lengths_of("series"), lengths_of("source")
    ('lengths', 'lengths', 'source_lengths')
    """
    return "lengths" if name in ("tokens", "series") else f"{name}_lengths"


def stack_fields(batch: Batch, names: Sequence[str]) -> Batch:
    """Stack fields of tokens with one vocabulary, so that an encoder reads them in one pass.

    Args:
        batch: has each field as (batch, time) and its lengths as (batch,).
        names: the fields, whose rows follow each other; a single field leaves the batch as it is.

    Returns:
        (fields · batch, longest time) and (fields · batch,), under the names of the first field.

    >>> batch = Batch(tokens=torch.tensor([[5, 6]]), lengths=torch.tensor([2]),
    ...               pair=torch.tensor([[7]]), pair_lengths=torch.tensor([1]))
    >>> stack_fields(batch, ["tokens", "pair"])
    {'tokens': tensor([[5, 6],
            [7, 0]]), 'lengths': tensor([2, 1])}
    """
    if len(names) == 1:
        return batch
    longest = max(batch[name].size(1) for name in names)
    rows = [functional.pad(batch[name], (0, longest - batch[name].size(1))) for name in names]
    lengths = [batch[lengths_of(name)] for name in names]
    return Batch({names[0]: torch.cat(rows), lengths_of(names[0]): torch.cat(lengths)})

"""The recurrences, by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from seqtasks.cells.contract import ParallelRecurrence, Recurrence
from seqtasks.cells.elman import Elman
from seqtasks.cells.gru import GRU
from seqtasks.cells.indrnn import IndRNN
from seqtasks.cells.layer_norm_lstm import LayerNormLSTM
from seqtasks.cells.lru import LRU
from seqtasks.cells.lstm import LSTM
from seqtasks.cells.mingru import MinGRU
from seqtasks.cells.minlstm import MinLSTM
from seqtasks.cells.mlstm import MLSTM
from seqtasks.cells.pointwise import Pointwise
from seqtasks.cells.qrnn import QRNN
from seqtasks.cells.rglru import RGLRU
from seqtasks.cells.slstm import SLSTM
from seqtasks.cells.sru import SRU
from seqtasks.cells.unshared_elman import UnsharedElman
from seqtasks.errors import UsageError, nearest
from seqtasks.kernels.lengths import State

CELLS: dict[str, Callable[..., Recurrence]] = {
    "elman": Elman,
    "gru": GRU,
    "lstm": LSTM,
    "layer_norm_lstm": LayerNormLSTM,
    "indrnn": IndRNN,
    "qrnn": QRNN,
    "sru": SRU,
    "mingru": MinGRU,
    "minlstm": MinLSTM,
    "rglru": RGLRU,
    "lru": LRU,
    "slstm": SLSTM,
    "mlstm": MLSTM,
    "unshared_elman": UnsharedElman,
    "none": Pointwise,
}

__all__ = ["CELLS", "ParallelRecurrence", "Recurrence", "State", "find_cell"]


def find_cell(
    cell: str | Callable[..., Recurrence], options: Mapping[str, Any]
) -> Callable[..., Recurrence]:
    """The class behind a name, or the class itself, checked against the options it is to get.

    Args:
        cell: a key of ``CELLS``, or a callable ``(input_size, hidden_size, **options)``.
        options: keyword arguments meant for the cell.

    Raises:
        UsageError: no cell has that name, or the cell has no such option.
    """
    if isinstance(cell, str):
        if cell not in CELLS:
            raise UsageError(
                f"there is no cell '{cell}';{nearest(cell, CELLS)} "
                f"The cells are {', '.join(CELLS)}.",
                option="cell",
            )
        cell = CELLS[cell]
    signature = inspect.signature(cell)
    known = [name for name in signature.parameters if name not in ("input_size", "hidden_size")]
    takes_any = any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())
    for name in options:
        if name not in known and not takes_any:
            name_of_cell = getattr(cell, "__name__", str(cell))
            raise UsageError(
                f"{name_of_cell} has no option '{name}';{nearest(name, known)} "
                f"Its options are {', '.join(known) or 'none'}.",
                option="cell_options",
            )
    return cell

"""What input feeding asks of a decoder's recurrence."""

from __future__ import annotations

from collections.abc import Callable

from seqtasks.encoder import RecurrentEncoder
from seqtasks.encoder.dropout import SequenceDropout
from seqtasks.encoder.sizing import sizes_alone
from seqtasks.errors import UsageError


def output_size(recurrence: Callable[..., RecurrentEncoder], input_size: int) -> int:
    """The size of a recurrence's outputs for any size of its inputs."""
    with sizes_alone():
        return recurrence(input_size=input_size).output_size


def check_masks(recurrence: RecurrentEncoder, fed_size: int) -> None:
    """Refuse, by a UsageError, a recurrence that input feeding cannot call step by step."""
    if recurrence.output_size != fed_size:
        raise UsageError(
            "the recurrence reads its own output, so its width cannot follow from a number of "
            "parameters; set `recurrence.hidden_size`, and `recurrence.max_parameters` to null",
            option="input_feeding",
        )
    modules = list(recurrence.modules())
    kept = any(isinstance(m, SequenceDropout) and m.variational and m.rate for m in modules)
    if kept or any(getattr(module, "weight_drop", 0) for module in modules):
        raise UsageError(
            "it calls the recurrence step by step, which cannot keep one dropout mask for all "
            "steps; set `recurrence.variational`=false and `recurrence.cell_options`=null, without "
            "weight_drop",
            option="input_feeding",
        )

"""Elman's simple recurrent network: h_t = φ(W x_t + U h_{t-1} + b).

Elman, "Finding structure in time", Cognitive Science 14 (1990), section 3.
"""

from __future__ import annotations

from torch import nn

from seqtasks.cells.fused import FusedRecurrence
from seqtasks.errors import UsageError


class Elman(FusedRecurrence):
    """A plain hidden state with tanh or relu.

    State: (h,) of shape (batch, hidden_size).

    Args:
        input_size: features of each input step.
        hidden_size: units of the hidden state.
        nonlinearity: ``tanh`` or ``relu``.

    Raises:
        UsageError: another nonlinearity is named.
    """

    def __init__(self, input_size: int, hidden_size: int, *, nonlinearity: str = "tanh") -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise UsageError(f"elman: nonlinearity is tanh or relu, not '{nonlinearity}'")
        rnn = nn.RNN(input_size, hidden_size, nonlinearity=nonlinearity, batch_first=True)
        super().__init__(rnn, gates=1)

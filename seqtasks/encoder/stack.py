"""The one recurrent encoder under every task: a stack of recurrences."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from seqtasks.cells import find_cell
from seqtasks.cells.contract import Recurrence
from seqtasks.encoder.dropout import SequenceDropout
from seqtasks.encoder.layer import EncoderLayer
from seqtasks.encoder.sizing import largest_width
from seqtasks.errors import UsageError, check_between, check_least, check_rate
from seqtasks.kernels.lengths import State, last_step, ragged, zero_padding
from seqtasks.kernels.schedule import RaggedSchedule, make_schedule

MOST_LAYERS = 1000
"""The most layers of a stack; a typing error in their number then costs no time or memory."""


class RecurrentEncoder(nn.Module):
    """A stack of recurrent layers on the contract ``outputs, state = encoder(inputs, …)``.

    The state is one flat tuple: layer by layer, in each layer the forward cell's tensors before
    the backward cell's. A residual stack with layer norm also normalises its outputs.

    Args:
        input_size: features of each input step.
        hidden_size: units of each layer and direction; None to let ``max_parameters`` say.
        num_layers: levels of the stack, at least 1.
        cell: a key of `seqtasks.cells.CELLS` (``none`` for no recurrence), or a callable
            ``(input_size, hidden_size, **cell_options)`` that makes a recurrence.
        cell_options: keyword arguments for the cell.
        bidirectional: also read each sequence from its end; doubles the output size.
        residual: add each layer's input to its output, projected where their sizes differ.
        layer_norm: normalise each layer's input.
        dropout: rate between layers; above 0 it needs at least two layers.
        variational: one dropout mask for all steps of a sequence.
        recompute: in training keep only each layer's inputs and run the layer again in the
            backward pass: memory of one layer instead of all, for a third more time (Chen et al.
            2016, "Training deep nets with sublinear memory cost").
        max_parameters: in place of ``hidden_size``, the most parameters the stack may have: the
            width is the greatest multiple of 8 that keeps within them, so that cells can be
            compared at equal size.

    Raises:
        UsageError: a size is not positive, a rate is not in [0, 1), there is no such cell or
            option, or not exactly one of ``hidden_size`` and ``max_parameters`` is given.

    >>> encoder = RecurrentEncoder(3, 5, num_layers=2, cell="gru", bidirectional=True)
    >>> outputs, state = encoder(torch.randn(4, 7, 3), torch.tensor([7, 5, 1, 0]))
    >>> outputs.shape, len(state), state[0].shape
    (torch.Size([4, 7, 10]), 4, torch.Size([4, 5]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int | None = None,
        num_layers: int = 1,
        *,
        cell: str | Callable[..., Recurrence] = "lstm",
        cell_options: Mapping[str, Any] | None = None,
        bidirectional: bool = False,
        residual: bool = False,
        layer_norm: bool = False,
        dropout: float = 0.0,
        variational: bool = False,
        recompute: bool = False,
        max_parameters: int | None = None,
    ) -> None:
        super().__init__()
        if (hidden_size is None) == (max_parameters is None):
            raise UsageError(
                "the encoder takes either encoder.hidden_size or encoder.max_parameters; set the "
                f"other to null (given: hidden_size {hidden_size}, max_parameters {max_parameters})"
            )
        if hidden_size is None:
            build = functools.partial(
                RecurrentEncoder,
                input_size,
                num_layers=num_layers,
                cell=cell,
                cell_options=cell_options,
                bidirectional=bidirectional,
                residual=residual,
                layer_norm=layer_norm,
            )
            hidden_size = largest_width(build, max_parameters or 0)
        sizes = {"input_size": input_size, "hidden_size": hidden_size, "num_layers": num_layers}
        for name, value in sizes.items():
            check_least(name, value, 1)
        check_between("num_layers", num_layers, 1, MOST_LAYERS)
        if check_rate("dropout", dropout) and num_layers == 1:
            raise UsageError(
                f"{dropout:g} would do nothing: dropout acts between layers, and there is one; set "
                "it to 0, or `num_layers` to 2 or more",
                option="dropout",
            )
        options = dict(cell_options or {})
        make = cell_maker(cell, options)
        layers: list[EncoderLayer] = []
        size = input_size
        for rate in [dropout] * (num_layers - 1) + [0.0]:
            cells = [make(size, hidden_size) for _ in range(1 + bidirectional)]
            between = SequenceDropout(rate, variational)
            layers.append(EncoderLayer(cells, layer_norm, residual, between))
            size = layers[-1].output_size
        self.layers = nn.ModuleList(layers)
        self.norm = nn.LayerNorm(size) if layer_norm and residual else nn.Identity()
        self.input_size, self.hidden_size, self.output_size = input_size, hidden_size, size
        self.bidirectional, self.recompute = bidirectional, recompute
        self.residual = residual  # a shortcut or the last norm may write past a length
        self.state_shapes = tuple(shape for layer in layers for shape in layer.state_shapes)
        self.state_counts = [len(layer.state_shapes) for layer in layers]

    def forward(
        self, inputs: Tensor, lengths: Tensor | None = None, state: State | None = None
    ) -> tuple[Tensor, State]:
        """Run the stack over time.

        Args:
            inputs: (batch, time, input_size).
            lengths: (batch,) int64, or None where every sequence fills the batch.
            state: as returned by an earlier call, or None to start afresh.

        Returns:
            Outputs (batch, time, output_size), zero past each length, and the state after each
            sequence's own last real step.
        """
        if not ragged(lengths, inputs.size(1)):
            lengths = None  # so that no layer asks again: a GPU's answer is waited for
        # Dropped weights stay the same for all steps of a call.
        one_call = self.training and any(getattr(m, "weight_drop", 0) for m in self.modules())
        schedule = None if one_call else make_schedule(lengths, inputs.size(1))
        if schedule is None:
            return self.run(inputs, lengths, state)
        if state is not None:
            state = tuple(tensor.index_select(0, schedule.order) for tensor in state)
        inputs = inputs.index_select(0, schedule.order)
        outputs, state = self.run(inputs, schedule.lengths, state, schedule)
        back = schedule.back
        return outputs.index_select(0, back), tuple(part.index_select(0, back) for part in state)

    def run(
        self,
        inputs: Tensor,
        lengths: Tensor | None,
        state: State | None,
        schedule: RaggedSchedule | None = None,
    ) -> tuple[Tensor, State]:
        """Run layer after layer; arguments are those of `forward`, in the schedule's order.

        The outputs are (batch, time, output_size).
        """
        states: list[Tensor] = []
        outputs = inputs
        for layer, count in zip(self.layers, self.state_counts, strict=True):
            given = None if state is None else state[len(states) :][:count]
            run: Callable[..., tuple[Tensor, State]] = layer
            if self.recompute and self.training and torch.is_grad_enabled():
                run = functools.partial(checkpoint, layer, use_reentrant=False)
            outputs, final = run(outputs, lengths, given, schedule)
            states.extend(final)
        outputs = self.norm(outputs)
        if self.residual and lengths is not None:
            outputs = zero_padding(outputs, lengths)
        return outputs, tuple(states)

    def summary(self, outputs: Tensor, lengths: Tensor) -> Tensor:
        """The last output of each direction: the end for forward, the start for backward.

        Args:
            outputs: (batch, time, output_size), as returned.
            lengths: (batch,) int64.

        Returns:
            (batch, output_size); zeros for a sequence of length zero.
        """
        zeros = outputs.new_zeros(outputs.size(0), self.output_size)
        if outputs.size(1) == 0:
            return zeros
        ends = last_step(outputs, lengths, zeros)
        if not self.bidirectional:
            return ends
        half = self.output_size // 2
        return torch.cat([ends[:, :half], outputs[:, 0, half:]], dim=-1)


def cell_maker(
    cell: str | Callable[..., Recurrence], options: Mapping[str, Any]
) -> Callable[[int, int], Recurrence]:
    """What makes a recurrence from its sizes.

    Raises:
        UsageError: there is no such cell, or the cell refuses an option; also when it is called.
    """
    make = find_cell(cell, options)

    def made(input_size: int, hidden_size: int) -> Recurrence:
        try:
            return make(input_size, hidden_size, **options)
        except UsageError as error:
            if error.option not in options:
                raise
            raise UsageError(error.message, option=f"cell_options.{error.option}") from error

    return made

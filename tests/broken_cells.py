"""Cells that break one law each, made from one that breaks none."""

from __future__ import annotations

import torch
from torch import nn

from seqtasks.cells import ParallelRecurrence, Recurrence
from seqtasks.cells.elman import Elman
from seqtasks.errors import UsageError
from seqtasks.kernels.lengths import last_step, mask, zero_padding


class Good(nn.Module):
    """Sums that decay: s_t = d ⊙ s_{t-1} + W x_t, y_t = tanh(s_t)."""

    def __init__(self, input_size, hidden_size, *, decay=0.5):
        super().__init__()
        if not 0 < decay < 1:
            raise UsageError(f"good: decay lies between 0 and 1, it is not {decay}")
        self.input_size, self.output_size = input_size, hidden_size
        self.state_shapes = ((hidden_size,),)
        self.linear = nn.Linear(input_size, hidden_size)
        self.decay = nn.Parameter(torch.full((hidden_size,), float(decay)))

    def forward(self, inputs, lengths=None, state=None):
        start = inputs.new_zeros(len(inputs), self.output_size) if state is None else state[0]
        lengths = (
            inputs.new_full((len(inputs),), inputs.size(1)).long() if lengths is None else lengths
        )
        real = mask(lengths, inputs.size(1)).unsqueeze(-1)
        features = self.features(self.linear(inputs).masked_fill(~real, 0.0), real)
        sums, total = [], self.start(start)
        for step in range(inputs.size(1)):
            total = self.decay * total + features[:, step]
            sums.append(total)
        if not sums:
            return inputs.new_zeros(len(inputs), 0, self.output_size), (self.end(start, lengths),)
        sums = torch.stack(sums, dim=1)
        final = self.final(sums, lengths, start)
        return zero_padding(sums.tanh(), lengths), (self.end(final, lengths),)

    def features(self, features, real):
        return features

    def start(self, state):
        return state

    def final(self, sums, lengths, start):
        return last_step(sums, lengths, start)

    def end(self, final, lengths):
        return final


class LeaksPadding(Good):
    def final(self, sums, lengths, start):
        return sums[:, -1]


class ForgetsItsState(Good):
    def start(self, state):
        return torch.zeros_like(state)


class ForgetsItsGradient(Good):
    def start(self, state):
        return state.detach()


class LooksAhead(Good):
    def features(self, features, real):
        return features + torch.cat([features[:, 1:], torch.zeros_like(features[:, :1])], dim=1)


class MixesTheBatch(Good):
    def features(self, features, real):
        count = real.sum(dim=0, keepdim=True).clamp(min=1)
        return (features - 0.1 * features.sum(dim=0, keepdim=True) / count) * real


class SortsTheBatch(Good):
    def end(self, final, lengths):
        return final[lengths.argsort(descending=True, stable=True)]


class DividesByLength(Good):
    def end(self, final, lengths):
        return final * lengths.unsqueeze(1) / lengths.unsqueeze(1)


class StepsItsOwnWay(Good):
    def forward(self, inputs, lengths=None, state=None):
        one_step = state is not None and inputs.size(1) == 1
        return super().forward(inputs * 1.001 if one_step else inputs, lengths, state)


class LosesDigits(Good):
    def features(self, features, real):
        whole = features.size(1) > 1 and features.dtype == torch.float32
        return features.bfloat16().float() if whole else features


class GrowsWithTime(Good):
    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        self.scales = nn.ParameterList()

    def features(self, features, real):
        while len(self.scales) < features.size(1):
            self.scales.append(nn.Parameter(features.new_ones(())))
        scales = [features[:, step] * self.scales[step] for step in range(features.size(1))]
        return torch.stack(scales, dim=1) if scales else features


class CrashesOnPadding(Good):
    def features(self, features, real):
        if not real.all():
            raise ValueError("no padding\nplease")
        return features


class CrashesAlways(Good):
    def features(self, features, real):
        return features @ features


class HasDropout(Good):
    def features(self, features, real):
        return nn.functional.dropout(features, 0.5, self.training)


class IsRandom(Good):
    def features(self, features, real):
        return features + torch.rand(())


class SaysNothing(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.input_size = input_size


class ReturnsOutputsAlone(Good):
    def forward(self, inputs, lengths=None, state=None):
        return super().forward(inputs, lengths, state)[0]


class GoodStep(Recurrence):
    """The same sums, by their step alone."""

    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        self.linear = nn.Linear(input_size, hidden_size)

    def step(self, x, state):
        total = 0.5 * state[0] + self.linear(x)
        return total.tanh(), (total,)


class StepsToATensor(GoodStep):
    def step(self, x, state):
        return self.linear(x)


class StepsToAnotherState(GoodStep):
    def step(self, x, state):
        return state[0], (*state, self.linear(x))


class ScansAnotherWay(ParallelRecurrence, GoodStep):
    def scan(self, inputs, state):
        totals = (0.5 * state[0].unsqueeze(1) + self.linear(inputs)).cumsum(dim=1)
        return totals.tanh(), (totals,)


class ForgetsItsStateInAScan(ParallelRecurrence, GoodStep):
    def scan(self, inputs, state):
        outputs, totals = [], torch.zeros_like(state[0])
        for x in inputs.unbind(1):
            output, (totals,) = self.step(x, (totals,))
            outputs.append((output, totals))
        outputs, totals = (torch.stack(part, dim=1) for part in zip(*outputs, strict=True))
        return outputs, (totals,)


class ScansAnotherGradient(ParallelRecurrence, GoodStep):
    def scan(self, inputs, state):
        outputs = []
        for x in inputs.unbind(1):
            output, state = self.step(x, tuple(tensor.detach() for tensor in state))
            outputs.append((output, *state))
        outputs, totals = (torch.stack(part, dim=1) for part in zip(*outputs, strict=True))
        return outputs, (totals,)


class SaysAnotherSize(Elman):
    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        self.output_size = hidden_size + 1


class Complex(nn.Module):
    """A linear recurrence with complex parameters and a complex state."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.input_size, self.output_size = input_size, hidden_size
        self.state_shapes = ((hidden_size,),)
        self.decay = nn.Parameter(0.5 * torch.randn(hidden_size, dtype=torch.complex64))
        self.linear = nn.Linear(input_size, hidden_size)

    def forward(self, inputs, lengths=None, state=None):
        total = torch.zeros(len(inputs), self.output_size, dtype=inputs.dtype.to_complex())
        total = total if state is None else state[0]
        outputs = []
        for step in range(inputs.size(1)):
            after = self.decay * total + self.linear(inputs[:, step])
            real = True if lengths is None else (step < lengths).unsqueeze(1)
            total = torch.where(torch.as_tensor(real), after, total)
            outputs.append(torch.where(torch.as_tensor(real), after.real, 0.0))
        if not outputs:
            return inputs.new_zeros(len(inputs), 0, self.output_size), (total,)
        return torch.stack(outputs, dim=1), (total,)

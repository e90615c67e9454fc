"""A word of the source as the next word of the target."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqtasks.heads.loss import Loss, smoothed
from seqtasks.kernels.lengths import mask
from seqtasks.kernels.scan import in_widest_type


class CopyGate(nn.Module):
    """Chooses between a word of the vocabulary and one that is attended to.

    The probability of a word w is g · p(w) + (1 - g) · Σ_{i: wᵢ = w} aᵢ, with p the softmax over
    the vocabulary, a the attention, wᵢ the words of the source, and g = σ(u · h + b) from the
    attentional state h: See, Liu and Manning 2017, "Get to the point: summarization with
    pointer-generator networks", equations 8 and 9, whose gate reads what h is made of.

    Args:
        size: features of an attentional state.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.gate = nn.Linear(size, 1)

    def forward(self, features: Tensor, logits: Tensor, weights: Tensor, copies: Tensor) -> Tensor:
        """Log-probabilities of all words, those of the source alone behind the vocabulary's.

        Args:
            features: (batch, time, size), the attentional states.
            logits: (batch, time, vocab).
            weights: (batch, time, steps), the attention.
            copies: (batch, steps) int64, the number of each source word; where numbers exceed the
                vocabulary, there are more words than vocab.
        """
        log_probs, copied = self.shares(features, logits)
        more = max(0, int(copies.max()) + 1 - logits.size(-1)) if copies.numel() else 0
        log_probs = functional.pad(log_probs, (0, more), value=-torch.inf)
        index = copies.unsqueeze(1).expand(weights.shape)
        attended = torch.zeros_like(log_probs).scatter_add(2, index, weights.to(log_probs))
        return torch.logaddexp(log_probs, copied + attended.log())

    def loss(
        self,
        features: Tensor,
        logits: Tensor,
        weights: Tensor,
        copies: Tensor,
        targets: Tensor,
        lengths: Tensor,
        *,
        label_smoothing: float = 0.0,
    ) -> Loss:
        """Nats of the targets (batch, time) int64, whose numbers may go past vocab.

        The first arguments are those of `forward`. The share ``label_smoothing`` of the objective
        is spread evenly over the words of the vocabulary, as the softmax scores them.
        """
        log_probs, copied = self.shares(features, logits)
        inside = targets < logits.size(-1)
        own = log_probs.gather(2, (targets * inside).unsqueeze(2)).squeeze(2)
        own = own.masked_fill(~inside, -torch.inf)
        same = copies.unsqueeze(1) == targets.unsqueeze(2)  # (batch, time, steps)
        attended = (weights.to(log_probs) * same).sum(dim=-1)
        # A word that gets no attention costs the most that a float can hold, not infinity.
        attended = attended.clamp(min=torch.finfo(attended.dtype).tiny)
        nats = -torch.logaddexp(own, copied.squeeze(2) + attended.log())
        real = mask(lengths, targets.size(1))
        total = nats[real].sum()
        return Loss(total, real.sum(), smoothed(total, log_probs[real], label_smoothing))

    def shares(self, features: Tensor, logits: Tensor) -> tuple[Tensor, Tensor]:
        """The logarithms of g · p, (batch, time, vocab), and of 1 - g, (batch, time, 1)."""
        [score], [wide] = in_widest_type(self.gate(features)), in_widest_type(logits)
        made = functional.logsigmoid(score) + wide.log_softmax(dim=-1)
        return made, functional.logsigmoid(-score)


def copied_targets(targets: Tensor, copied: Tensor, unk_id: int) -> Tensor:
    """Give unknown target words that can be copied their numbers beyond the vocabulary.

    Targets are (batch, time) int64; ``copied`` (batch, words) has ``<unk>`` for what cannot be
    copied.

    >>> copied_targets(torch.tensor([[5, 1, 3]]), torch.tensor([[1, 9]]), unk_id=1)
    tensor([[5, 9, 3]])
    """
    more = targets.size(1) - copied.size(1)
    fitting = functional.pad(copied, (0, more), value=unk_id)
    return torch.where(targets == unk_id, fitting, targets)

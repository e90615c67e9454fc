"""Sequences out of a model that gives one step: greedy, sampled, or the best of a beam."""

from seqtasks.decoding.beam import beam_search
from seqtasks.decoding.filters import filter_logits
from seqtasks.decoding.greedy import greedy
from seqtasks.decoding.hypotheses import Hypothesis
from seqtasks.decoding.sampling import generate
from seqtasks.decoding.steps import State, Step, log_probs, select

__all__ = [
    "Hypothesis",
    "State",
    "Step",
    "beam_search",
    "filter_logits",
    "generate",
    "greedy",
    "log_probs",
    "select",
]

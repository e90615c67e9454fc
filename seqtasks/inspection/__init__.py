"""A look into a trained model: hidden states, attention, gradients through time."""

from seqtasks.inspection.alignment import Alignment, align
from seqtasks.inspection.norms import TrainingNorms, read_norms
from seqtasks.inspection.reach import Reach, trace_gradients
from seqtasks.inspection.states import HiddenStates, hidden_states

__all__ = [
    "Alignment",
    "HiddenStates",
    "Reach",
    "TrainingNorms",
    "align",
    "hidden_states",
    "read_norms",
    "trace_gradients",
]

"""A look into a trained model: what its units hold, and how far its gradients reach."""

from seqtasks.inspection.norms import TrainingNorms, read_norms
from seqtasks.inspection.reach import Reach, trace_gradients
from seqtasks.inspection.states import HiddenStates, hidden_states

__all__ = [
    "HiddenStates",
    "Reach",
    "TrainingNorms",
    "hidden_states",
    "read_norms",
    "trace_gradients",
]

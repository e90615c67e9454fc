"""Sequences out of a model that gives one step: greedy, sampled, or the best of a beam."""

from seqtasks.decoding.beam import beam_search
from seqtasks.decoding.filters import filter_logits
from seqtasks.decoding.greedy import greedy
from seqtasks.decoding.hypotheses import Hypothesis
from seqtasks.decoding.prompts import Start, read_prompts, text_tokens
from seqtasks.decoding.repetition import penalise
from seqtasks.decoding.sampling import check_sampling, generate, stream
from seqtasks.decoding.scoring import score_texts
from seqtasks.decoding.steps import State, Step, TextModel, log_probs, select
from seqtasks.decoding.texts import generate_text, search_text, stream_text
from seqtasks.decoding.transcript import Transcript

__all__ = [
    "Hypothesis",
    "Start",
    "State",
    "Step",
    "TextModel",
    "Transcript",
    "beam_search",
    "check_sampling",
    "filter_logits",
    "generate",
    "generate_text",
    "greedy",
    "log_probs",
    "penalise",
    "read_prompts",
    "score_texts",
    "search_text",
    "select",
    "stream",
    "stream_text",
    "text_tokens",
]

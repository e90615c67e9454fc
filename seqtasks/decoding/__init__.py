"""Sequences out of a model that gives one step: greedy, sampled, or the best of a beam."""

from seqtasks.decoding.adaptive import Steps, adaptive_log_probs, read_text
from seqtasks.decoding.beam import beam_search
from seqtasks.decoding.cache_pointer import Cache, CachePointer, mix
from seqtasks.decoding.dynamic import (
    Diverged,
    DynamicEvaluation,
    Follower,
    following,
    gradient_sizes,
    weights_of,
)
from seqtasks.decoding.ensemble import together
from seqtasks.decoding.filters import filter_logits
from seqtasks.decoding.hypotheses import Hypothesis
from seqtasks.decoding.prompts import Start, read_prompts, text_tokens
from seqtasks.decoding.repetition import penalise
from seqtasks.decoding.sampling import check_sampling, sample
from seqtasks.decoding.scoring import score_texts, side_by_side
from seqtasks.decoding.search import (
    BeamSearch,
    Greedy,
    Sampling,
    Search,
    change_search,
    make_search,
)
from seqtasks.decoding.search_input import SearchInput
from seqtasks.decoding.steps import DecodingStep, State, TextModel, select_rows
from seqtasks.decoding.streaming_detokenizer import StreamingDetokenizer
from seqtasks.decoding.texts import generate_text, search_text, stream_text

__all__ = [
    "BeamSearch",
    "Cache",
    "CachePointer",
    "DecodingStep",
    "Diverged",
    "DynamicEvaluation",
    "Follower",
    "Greedy",
    "Hypothesis",
    "Sampling",
    "Search",
    "SearchInput",
    "Start",
    "State",
    "Steps",
    "StreamingDetokenizer",
    "TextModel",
    "adaptive_log_probs",
    "beam_search",
    "change_search",
    "check_sampling",
    "filter_logits",
    "following",
    "generate_text",
    "gradient_sizes",
    "make_search",
    "mix",
    "penalise",
    "read_prompts",
    "read_text",
    "sample",
    "score_texts",
    "search_text",
    "select_rows",
    "side_by_side",
    "stream_text",
    "text_tokens",
    "together",
    "weights_of",
]

"""Tag schemes: how the labels of single tokens spell spans, and ways between the spellings."""

from seqtasks.schemes.detection import chosen, detect, scheme_of
from seqtasks.schemes.scheme import OUTSIDE, SCHEMES, Part, Scheme, Span, find_scheme
from seqtasks.schemes.spelling import convert, spans, tags, violation
from seqtasks.schemes.transitions import Allowed, allowed_transitions

__all__ = [
    "OUTSIDE",
    "SCHEMES",
    "Allowed",
    "Part",
    "Scheme",
    "Span",
    "allowed_transitions",
    "chosen",
    "convert",
    "detect",
    "find_scheme",
    "scheme_of",
    "spans",
    "tags",
    "violation",
]

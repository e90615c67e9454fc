"""Tag schemes, by which the labels of single tokens spell spans."""

from seqtasks.schemes.conversion import Conversion
from seqtasks.schemes.detection import detect, resolve_scheme, scheme_of
from seqtasks.schemes.scheme import OUTSIDE, SCHEMES, Scheme, Span, TagPart, find_scheme
from seqtasks.schemes.spelling import convert, find_spans, tags, violation
from seqtasks.schemes.transitions import Allowed, allowed_transitions

__all__ = [
    "OUTSIDE",
    "SCHEMES",
    "Allowed",
    "Conversion",
    "Scheme",
    "Span",
    "TagPart",
    "allowed_transitions",
    "convert",
    "detect",
    "find_scheme",
    "find_spans",
    "resolve_scheme",
    "scheme_of",
    "tags",
    "violation",
]

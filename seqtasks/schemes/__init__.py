"""Tag schemes, by which the labels of single tokens spell spans."""

from seqtasks.schemes.breaks import Breaks, Pair, find_breaks, passed
from seqtasks.schemes.conversion import Conversion
from seqtasks.schemes.detection import detect, recognise, resolve_scheme, scheme_of
from seqtasks.schemes.scheme import OUTSIDE, SCHEMES, Scheme, Span, TagPart, find_scheme
from seqtasks.schemes.spelling import convert, find_spans, respell, tags, violation
from seqtasks.schemes.transitions import Allowed, allowed_transitions

__all__ = [
    "OUTSIDE",
    "SCHEMES",
    "Allowed",
    "Breaks",
    "Conversion",
    "Pair",
    "Scheme",
    "Span",
    "TagPart",
    "allowed_transitions",
    "convert",
    "detect",
    "find_breaks",
    "find_scheme",
    "find_spans",
    "passed",
    "recognise",
    "resolve_scheme",
    "respell",
    "scheme_of",
    "tags",
    "violation",
]

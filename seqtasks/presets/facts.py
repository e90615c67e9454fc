"""What is known of a person's training data before anything is learnt from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    """A field of texts.

    Attributes:
        words: of a text on average: what stands between white space, or the tokens that are given.
        characters: of a text on average.
        distinct: different words in what was read.
        unspaced: whether the script puts no spaces between words, as Chinese, Japanese and Thai.
        given: whether the data gives the tokens one by one.
        longest: words of the longest text that was read.
        longest_characters: characters of the longest text that was read.
    """

    words: float
    characters: float
    distinct: int
    unspaced: bool = False
    given: bool = False
    longest: int = 0
    longest_characters: int = 0


@dataclass(frozen=True)
class Facts:
    """The training data, from a reading of its beginning.

    Attributes:
        examples: their number, estimated where not all were read.
        exact: whether all were read.
        running: whether the examples are running texts, which are read as streams.
        texts: field → what its texts are like.
        spans: whether the tags spell spans, such as B-PER and I-PER.
        outside: the share of the tags that are O.
        steps: of a sequence of vectors on average; 0 where there are none.
        copied: share of the target's words that stand in the source of their example.
        shared: share of the target's different words that are words of any source too.
        vectors: whether the tokens begin with vectors from a file.
    """

    examples: int
    exact: bool = True
    running: bool = False
    texts: Mapping[str, Text] = field(default_factory=dict)
    spans: bool = False
    outside: float = 0.0
    steps: float = 0.0
    copied: float = 0.0
    shared: float = 0.0
    vectors: bool = False

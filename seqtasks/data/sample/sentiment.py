"""The class of a sentence: whether what it asserts is pleasant, unpleasant or neither."""

from __future__ import annotations

from seqtasks.data.sample.distribution import Node
from seqtasks.data.sample.lexeme import Lexeme

_LABELS = {1: "positive", 0: "neutral", -1: "negative"}


def label(sentence: Node) -> str:
    """The class of a sentence, by what its main clause asserts.

    * The first verb or the adjective of the predicate decides: *loves*, *is happy* are positive,
      *hates*, *is sad* are negative, most others neutral; *not* turns positive and negative round.
    * Words inside a noun phrase, a relative clause, after *that*, *to*, *because*, *since* or
      *while*, and adverbs, do not count.
    * With *but* the clause after it decides; with *and* both do, and cancel if they disagree.
    * A question asserts nothing and is neutral.

    Args:
        sentence: a derivation.

    Returns:
        ``positive``, ``negative`` or ``neutral``.
    """
    rule, parts = sentence
    clauses = [
        _asserted(part)
        for name, part in zip(rule.parts, parts, strict=True)
        if name in ("Clause", "Fact") and isinstance(part, Node)
    ]
    joints = {symbol.word for symbol in rule.english_symbols}
    if "but" in joints:
        value = clauses[-1]
    elif "and" in joints:
        value = max(-1, min(1, sum(clauses)))
    else:
        value = clauses[0] if clauses else 0
    return _LABELS[value]


def _asserted(clause: Node) -> int:
    """+1, 0 or -1 for what a clause asserts."""
    value = _valence(clause.parts[-1])
    return -value if clause.rule.negative else value


def _valence(predicate: Node | Lexeme) -> int:
    """+1, 0 or -1 for the verb or adjective a predicate is built on."""
    if isinstance(predicate, Lexeme):
        return predicate.valence
    for part in predicate.parts:
        if isinstance(part, Lexeme) and part.tag in ("VERB", "ADJ"):
            return part.valence
    return _valence(predicate.parts[0]) if len(predicate.parts) == 1 else 0

"""From a derivation to words: one walk through the tree, in the order of either language."""

from __future__ import annotations

from seqtasks.data.sample import english, french
from seqtasks.data.sample.context import Context
from seqtasks.data.sample.distribution import Node
from seqtasks.data.sample.euphony import settle
from seqtasks.data.sample.lexeme import Agreement, Lexeme
from seqtasks.data.sample.rule import Step

Word = tuple[Lexeme | Step, Context]
"""A word of a class or a fixed one, and its place in the sentence."""


def to_english(sentence: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The English tokens of a sentence and their tags, equally many."""
    words: list[Word] = []
    _walk(sentence, Context(), False, words)
    forms = [
        english.inflect(word, context) if isinstance(word, Lexeme) else word.word
        for word, context in words
    ]
    return tuple(settle(forms, english.vowel)), tuple(word.tag for word, _ in words)


def to_french(sentence: Node) -> tuple[str, ...]:
    """The French tokens of a sentence."""
    words: list[Word] = []
    _walk(sentence, Context(), True, words)
    forms: list[str] = []
    for word, context in words:
        if isinstance(word, Lexeme):
            forms.extend(french.inflect(word, context).split())
        else:
            forms.append(french.determiner("le", context) if word.word == "le" else word.word)
    return tuple(french.join(forms))


def agreement(node: Node | Lexeme) -> Agreement:
    """What a noun phrase asks of the words that agree with it.

    Two heads joined make a plural, feminine only if both are. A noun without a determiner, its
    adjectives before it, has the noun for its head.
    """
    if isinstance(node, Lexeme):
        return node.agreement
    rule, parts = node
    if len(rule.heads) > 1:
        return Agreement(3, True, all(agreement(parts[head]).feminine for head in rule.heads))
    asked = agreement(parts[rule.heads[0] if rule.heads else -1])
    return asked if rule.plural is None else asked._replace(plural=rule.plural)


def _walk(node: Node, context: Context, in_french: bool, words: list[Word]) -> None:
    """Add the words of a phrase, each with its context.

    Args:
        node: the phrase.
        context: of the phrase in the one around it.
        in_french: whether to follow the French patterns rather than the English ones.
        words: where to add them.
    """
    rule, parts = node
    asked = agreement(node) if rule.heads else context.agreement
    if rule.tense:
        context = Context(asked, rule.tense, rule.negative)
    elif asked is not context.agreement:
        context = context._replace(agreement=asked)
    negated = context.negative and context.finite
    for step in rule.french_steps if in_french else rule.english_steps:
        if step.part is None:
            if negated or step.word not in ("ne|n'", "pas"):
                words.append((step, context))
            continue
        part = parts[step.part]
        if isinstance(part, Lexeme):
            words.append((part, context))
            if context.finite and part.tag in ("VERB", "AUX"):
                context = context._replace(finite=False)
        elif step.object or context.bare:
            bare = context.negative if step.object else step.head
            _walk(part, context._replace(bare=bare), in_french, words)
        else:
            _walk(part, context, in_french, words)

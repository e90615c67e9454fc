"""The words of a derivation, by one walk through the tree in the order of either language."""

from __future__ import annotations

from seqtasks.data.sample.distribution import Node
from seqtasks.data.sample.english import english_form, takes_an
from seqtasks.data.sample.euphony import choose_forms
from seqtasks.data.sample.french import determiner, french_form, join
from seqtasks.data.sample.lexeme import Agreement, Context, Lexeme
from seqtasks.data.sample.rule import PatternSymbol

Word = tuple[Lexeme | PatternSymbol, Context]
"""A word of a class or a fixed word, with its context in the sentence."""


def to_english(sentence: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The English tokens of a sentence and their tags, equally many."""
    words: list[Word] = []
    _walk(sentence, Context(), False, words)
    forms = [
        english_form(word, context) if isinstance(word, Lexeme) else word.word
        for word, context in words
    ]
    return tuple(choose_forms(forms, takes_an)), tuple(word.tag for word, _ in words)


def to_french(sentence: Node) -> tuple[str, ...]:
    """The French tokens of a sentence."""
    words: list[Word] = []
    _walk(sentence, Context(), True, words)
    forms: list[str] = []
    for word, context in words:
        if isinstance(word, Lexeme):
            forms.extend(french_form(word, context).split())
        else:
            forms.append(determiner("le", context) if word.word == "le" else word.word)
    return tuple(join(forms))


def agreement(node: Node | Lexeme) -> Agreement:
    """The features that a noun phrase passes on to the words that agree with it.

    Two joined heads make a plural, which is feminine only if both are. The head of a noun without
    a determiner is its last part, the noun.
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
    for symbol in rule.french_symbols if in_french else rule.english_symbols:
        if symbol.part is None:
            if negated or symbol.word not in ("ne|n'", "pas"):
                words.append((symbol, context))
            continue
        part = parts[symbol.part]
        if isinstance(part, Lexeme):
            words.append((part, context))
            if context.finite and part.tag in ("VERB", "AUX"):
                context = context._replace(finite=False)
        elif symbol.object or context.bare:
            bare = context.negative if symbol.object else symbol.head
            _walk(part, context._replace(bare=bare), in_french, words)
        else:
            _walk(part, context, in_french, words)

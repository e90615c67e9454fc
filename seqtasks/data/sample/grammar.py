"""The grammar of the sample: the rules of every phrase, as ``grammar.txt`` lists them."""

from __future__ import annotations

from seqtasks.data.sample.rule import Rule
from seqtasks.data.sample.tables import read_sections

Templates = dict[str, tuple[list[str], list[str]]]
"""Name of a template → its parameters and its lines."""


def read_grammar(name: str = "grammar.txt") -> dict[str, list[Rule]]:
    """The rules of each phrase, with the templates filled in."""
    templates: Templates = {}
    phrases: dict[str, list[Rule]] = {}
    for heading, lines in read_sections(name).items():
        title, *parameters = heading.split()
        if parameters:
            templates[title] = (parameters, lines)
        else:
            phrases[title] = [rule for line in lines for rule in _rules(line, templates)]
    return phrases


def _rules(line: str, templates: Templates) -> list[Rule]:
    """The rule that stands on a line, or the rules of the template that the line names."""
    if "|" in line:
        return [_rule(line)]
    weight, name, *arguments = line.split()
    parameters, lines = templates[name]
    given = dict(zip(parameters, arguments, strict=True))
    return [_rule(rule.format(**given), int(weight) / 100) for rule in lines]


def _rule(line: str, scale: float = 1.0) -> Rule:
    weight, english, french, *rest = (part.strip() for part in line.split("|"))
    features = {feature for part in rest for feature in part.split()}
    numbers = features & {"singular", "plural"}
    [tense] = features - numbers - {"not"} or {""}
    plural = "plural" in numbers if numbers else None
    return Rule(int(weight) * scale, english, french, tense, "not" in features, plural)


PHRASES = read_grammar()
"""Name of the phrase → the rules that build it."""

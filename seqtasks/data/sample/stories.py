"""Small stories of who goes where, each with a question whose answer the story holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from seqtasks.data.sample.english import past
from seqtasks.data.sample.lexicon import WORD_CLASSES

_PEOPLE = [name.english for name in WORD_CLASSES["Name"][:4]]
_PLACES = [place.english for place in WORD_CLASSES["PlaceNoun"][:6]]
_VERBS = [past(verb.english) for verb in WORD_CLASSES["MotionVerb"][:3]]
_LONGEST = 3
"""Sentences of the longest story."""


class Story(NamedTuple):
    """A story with its question; words and marks are separated by spaces.

    Attributes:
        story: sentences such as ``Anna went to the park .``
        question: ``where is Anna ?``
        answer: the place that she went to.
    """

    story: str
    question: str
    answer: str


def stories(count: int, seed: int) -> Iterator[Story]:
    """Draw stories independently of each other.

    As in the first task of bAbI (Weston et al. 2015) people move, here each of them once, and the
    question asks for one. Whoever reads the whole story knows the answer, so the best accuracy is
    100 %. The same seed gives the same stories on every machine, and more only add to the end.

    Args:
        count: number of stories.
        seed: a whole number from 0.

    >>> story, = stories(1, seed=1)
    >>> name = story.question.split()[2]
    >>> story.answer == story.story.partition(name)[2].split()[3]
    True
    """
    random = Random(seed)
    for _ in range(count):
        people = list(_PEOPLE)
        places: dict[str, str] = {}
        sentences = []
        for _ in range(1 + int(random.random() * _LONGEST)):
            name, place = _pick(people, random), _pick(_PLACES, random)
            people.remove(name)
            sentences.append(f"{name} {_pick(_VERBS, random)} to the {place} .")
            places[name] = place
        asked = _pick(list(places), random)
        yield Story(" ".join(sentences), f"where is {asked} ?", places[asked])


def _pick(options: Sequence[str], random: Random) -> str:
    """One of the options, each as likely as any other."""
    return options[int(random.random() * len(options))]

"""What the place of a word in the sentence asks of its form."""

from __future__ import annotations

from typing import NamedTuple

from seqtasks.data.sample.lexeme import Agreement


class Context(NamedTuple):
    """The features that come down the tree to a word.

    Attributes:
        agreement: of the noun or subject it agrees with.
        tense: ``present``, ``past`` or ``future``, of the clause it stands in.
        negative: whether that clause is negative.
        finite: whether a verb here carries the tense; the verbs after it are infinitives.
        bare: whether it opens the direct object of a negative verb (French *pas de*).
    """

    agreement: Agreement = Agreement()
    tense: str = "present"
    negative: bool = False
    finite: bool = True
    bare: bool = False

"""The labels of tokens, with the scheme by which the training data spells them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import BundleError
from seqtasks.schemes import SCHEMES


class TagVocabulary(Vocabulary):
    """Labels, and the scheme of the files that they were learnt from.

    Args:
        symbols: the labels, as they are learnt.
        scheme: of the training data's own labels, a name in `SCHEMES`; None where they spell no
            spans.

    >>> tags = TagVocabulary(["O", "S-X"], "BIO")
    >>> TagVocabulary.from_json(tags.to_json()).scheme
    'BIO'
    """

    def __init__(self, symbols: Sequence[str], scheme: str | None = None) -> None:
        super().__init__(symbols)
        self.scheme = scheme

    def extended_by(self, new: Vocabulary) -> TagVocabulary:
        """The labels with those that they lack; the scheme is that of the new data."""
        symbols = dict.fromkeys([*self.symbols, *new.symbols])
        return TagVocabulary([*symbols], getattr(new, "scheme", None))

    def to_json(self) -> str:
        """The labels as JSON: a list, or where they have a scheme an object."""
        if self.scheme is None:
            return super().to_json()
        content = {"scheme": self.scheme, "labels": self.symbols}
        return json.dumps(content, ensure_ascii=False, indent=0)

    @classmethod
    def from_json(cls, text: str) -> TagVocabulary:
        """The inverse of `to_json`.

        Raises:
            BundleError: the text does not describe labels.
        """
        try:
            content = json.loads(text)
            scheme = content["scheme"] if isinstance(content, dict) else None
            labels = content["labels"] if isinstance(content, dict) else content
        except (ValueError, KeyError) as error:
            raise BundleError(f"not the labels of tokens: {error}; copy the file again") from error
        strings = isinstance(labels, list) and all(isinstance(one, str) for one in labels)
        if not strings or len({*labels}) != len(labels) or scheme not in (None, *SCHEMES):
            raise BundleError(
                "not the labels of tokens, which are distinct strings, and a scheme's name; "
                "copy the file again"
            )
        return cls(labels, scheme)

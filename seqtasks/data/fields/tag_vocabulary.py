"""The labels of tokens, with the scheme by which the training data spells them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import BundleError, first_line
from seqtasks.files import plain_json
from seqtasks.schemes import SCHEMES


class TagVocabulary(Vocabulary):
    """Labels, and the scheme of the files that they were learnt from.

    Args:
        symbols: the labels, as they are learnt.
        scheme: of the training data's own labels, a name in `SCHEMES`; None where they spell no
            spans.
        learnt: the scheme of the labels as they are learnt; that of the data by default.

    >>> tags = TagVocabulary(["O", "S-X"], "BIO", "BIOES")
    >>> TagVocabulary.from_json(tags.to_json()).learnt
    'BIOES'
    """

    def __init__(
        self, symbols: Sequence[str], scheme: str | None = None, learnt: str | None = None
    ) -> None:
        super().__init__(symbols)
        self.scheme, self.learnt = scheme, learnt or scheme

    def extended_by(self, new: Vocabulary) -> TagVocabulary:
        """The labels with those that they lack; the schemes are those of the new data."""
        symbols = [*dict.fromkeys([*self.symbols, *new.symbols])]
        if not isinstance(new, TagVocabulary):
            return TagVocabulary(symbols)
        return TagVocabulary(symbols, new.scheme, new.learnt)

    def to_json(self) -> str:
        """The labels as JSON: a list, or where they have a scheme an object."""
        if self.scheme is None:
            return super().to_json()
        content = {"scheme": self.scheme, "learnt": self.learnt, "labels": self.symbols}
        return json.dumps(content, ensure_ascii=False, indent=0)

    @classmethod
    def from_json(cls, text: str) -> TagVocabulary:
        """The inverse of `to_json`.

        Raises:
            BundleError: the text does not describe labels.
        """
        try:
            content = plain_json.parsed(text)
            if isinstance(content, dict):
                labels, schemes = content["labels"], [content["scheme"], content["learnt"]]
            else:
                labels, schemes = content, []
        except (ValueError, KeyError) as error:
            said = first_line(error)
            raise BundleError(f"not the labels of tokens: {said}; copy the file again") from error
        strings = isinstance(labels, list) and all(isinstance(one, str) for one in labels)
        known = all(isinstance(scheme, str) and scheme in SCHEMES for scheme in schemes)
        if not strings or len({*labels}) != len(labels) or not known:
            raise BundleError(
                "not the labels of tokens, which are distinct strings, and names of schemes; "
                "copy the file again"
            )
        return cls(labels, *schemes)

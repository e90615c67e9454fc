"""How many tokens of the given texts a model does not know."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import TokenField
from seqtasks.prediction.model import Model

MANY = 0.3
"""From this share on, texts are likely cut in another way than those of training."""

_SHOWN = 3


@dataclass
class UnknownTokens:
    """A count over all texts so far.

    Attributes:
        tokens: all tokens.
        unknown: those that the vocabulary lacks.
        examples: some of them, of a model that learnt from given tokens.
        given: whether the model learnt from given tokens.
    """

    tokens: int = 0
    unknown: int = 0
    examples: dict[str, None] = field(default_factory=dict)
    given: bool = False

    def count(self, model: Model, dataset: SequenceDataset) -> None:
        """Add the inputs of some records."""
        for name in model.task.inputs:
            one = model.fields[name]
            if not isinstance(one, TokenField) or one.vocabulary.unk_id is None:
                continue
            numbers = dataset.encoded[name].values
            unknown = int(np.count_nonzero(numbers == one.vocabulary.unk_id))
            self.tokens, self.unknown = self.tokens + len(numbers), self.unknown + unknown
            if one.vocabulary.tokenizer is None:
                self.given = True
                if unknown and len(self.examples) < _SHOWN:
                    self.collect(one, dataset)

    def collect(self, one: TokenField, dataset: SequenceDataset) -> None:
        """Add examples of unknown tokens."""
        for record in dataset.records:
            for token in one.tokens(record):
                if one.fold([token])[0] not in one.vocabulary:
                    self.examples.setdefault(token)
                if len(self.examples) == _SHOWN:
                    return

    def __str__(self) -> str:
        """What a person should know, in a sentence; empty where few tokens are unknown."""
        if self.unknown <= MANY * self.tokens:
            return ""
        shown = f" ({', '.join(self.examples)})" if self.examples else ""
        share = f"{100 * self.unknown / self.tokens:.0f} %"
        said = f"{share} of the tokens are unknown to the model{shown}; "
        if self.given:
            return said + (
                "it learnt from tokens that were given one by one: give texts with spaces between "
                "such tokens, or lists of them"
            )
        return said + "it learnt from other texts"

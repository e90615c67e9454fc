"""The vocabularies of all fields from the training examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from seqtasks.data.fields import Field, TokenField
from seqtasks.data.record import Record
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import UsageError, nearest

AGREED = ("level", "lowercase", "min_count", "max_size")
"""Options on which fields with one vocabulary have to agree."""


def fit(
    fields: Mapping[str, Field], records: Iterable[Record], known: Mapping[str, Vocabulary]
) -> None:
    """Fit every field; those that share a vocabulary get one from the texts of all of them.

    Args:
        fields: name → field.
        records: the training examples, read anew each time that they are iterated over.
        known: by field, a vocabulary that its own goes on from.

    Raises:
        UsageError: a field shares the vocabulary of one that is not there, or of other options.
        DataError: a field has nothing to tell apart.
    """
    shared = [field for field in fields.values() if field.share_vocabulary_with is not None]
    for field in shared:
        check_shared(field, fields)
    for name, field in fields.items():
        if field in shared:
            continue
        alike = [o for o in shared if o.share_vocabulary_with == name and isinstance(o, TokenField)]
        if alike and isinstance(field, TokenField):
            field.fit(records, alike)
        else:
            field.fit(records)
        if name in known:
            field.vocabulary = known[name].extended_by(field.vocabulary)
    for field in shared:
        field.vocabulary = fields[str(field.share_vocabulary_with)].vocabulary


def check_shared(field: Field, fields: Mapping[str, Field]) -> None:
    """Refuse a field that cannot share the vocabulary that it asks for."""
    name, owner = field.name, field.share_vocabulary_with
    tokens = {n: one for n, one in fields.items() if isinstance(one, TokenField)}
    owners = [n for n, one in tokens.items() if one.share_vocabulary_with is None]
    if owner not in owners:
        raise UsageError(
            f"data.{name}.share_vocabulary_with={owner}: the data has no field of tokens of that "
            f"name with a vocabulary of its own;{nearest(str(owner), owners)} Such fields are "
            f"{', '.join(owners) or 'none'}"
        )
    for option in AGREED:
        wanted = getattr(fields[owner], option)
        if getattr(field, option, wanted) != wanted:
            shown = str("null" if wanted is None else wanted).lower()
            raise UsageError(
                f"data.{name}.share_vocabulary_with={owner}: one vocabulary has one {option}; set "
                f"data.{name}.{option}={shown}, as data.{owner} has it"
            )
    words = getattr(field, "words", None)
    if words not in (None, getattr(fields[owner], "words", None)):
        raise UsageError(
            f"data.{name}.words={words}: the vocabulary is that of data.{owner}; set "
            f"data.{owner}.words, and data.{name}.words=null"
        )

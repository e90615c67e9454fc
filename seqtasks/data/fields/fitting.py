"""The vocabularies of all fields from the training examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from seqtasks.data.fields import Field, TokenField
from seqtasks.data.record import Record
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import UsageError, nearest

AGREED = ("level", "lowercase", "min_count", "max_size")
"""Options on which fields with one vocabulary have to agree."""


def fit(
    fields: Mapping[str, Field], records: Sequence[Record], known: Mapping[str, Vocabulary]
) -> None:
    """Fit every field; those that share a vocabulary get one from the texts of all of them.

    Args:
        fields: name → field.
        records: the training examples.
        known: by field, a vocabulary that its own goes on from.

    Raises:
        UsageError: a field is like one that is not there, or of other options.
        DataError: a field has nothing to tell apart.
    """
    for name, field in fields.items():
        if field.like is not None:
            check_alike(field, fields)
            continue
        alike = [o for o in fields.values() if o.like == name and isinstance(o, TokenField)]
        if alike and isinstance(field, TokenField):
            field.fit(records, alike)
        else:
            field.fit(records)
        if name in known:
            field.vocabulary = known[name].extended_by(field.vocabulary)
    for field in fields.values():
        if field.like is not None:
            field.vocabulary = fields[field.like].vocabulary


def check_alike(field: Field, fields: Mapping[str, Field]) -> None:
    """Refuse a field that cannot share the vocabulary that it asks for."""
    name, like = field.name, field.like
    owners = [n for n, one in fields.items() if isinstance(one, TokenField) and not one.like]
    if like not in owners:
        raise UsageError(
            f"data.{name}.like={like}: the data has no field of tokens of that name with a "
            f"vocabulary of its own;{nearest(str(like), owners)} Such fields are "
            f"{', '.join(owners) or 'none'}"
        )
    for option in AGREED:
        wanted = getattr(fields[like], option)
        if getattr(field, option, wanted) != wanted:
            shown = str("null" if wanted is None else wanted).lower()
            raise UsageError(
                f"data.{name}.like={like}: one vocabulary has one {option}; set "
                f"data.{name}.{option}={shown}, as data.{like} has it"
            )
    words = getattr(field, "words", None)
    if words not in (None, getattr(fields[like], "words", None)):
        raise UsageError(
            f"data.{name}.words={words}: the vocabulary is that of data.{like}; set "
            f"data.{like}.words, and data.{name}.words=null"
        )

"""Labels that the split would leave to validation and test examples alone."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import numpy as np

from seqtasks.data.fields.classes import classes_of, rows_of, without
from seqtasks.data.fields.field import Field
from seqtasks.data.splitting.random_parts import group
from seqtasks.data.store.records import Records, Rows
from seqtasks.errors import few

_log = logging.getLogger(__name__)


def hold_back(
    splits: Mapping[str, Records], field: Field, split_by: str | None = None
) -> dict[str, Records]:
    """Give records back to the training part, so that it has their labels.

    Each lacking label brings back the first record that has it, with all that agree with it in
    ``split_by``; a part never gives its last record. Where no label is lacking nothing changes.

    Args:
        splits: ``train`` is among them; only the parts of its file give records back.
        field: of the labels.
        split_by: a field; records that agree in it stay in one part.
    """
    train = splits["train"]
    others = {
        name: part for name, part in splits.items() if name != "train" and part.file is train.file
    }
    met = {label for part in others.values() for label in classes_of(part, field)}
    lacking = without(met, train, field)
    if not lacking:
        return dict(splits)
    found, places = dict(splits), dict.fromkeys(lacking, "")
    groups = None if split_by is None else group(Records(train.file), split_by)
    given: list[Rows] = [rows_of(train)]
    for name, part in others.items():
        rows, back, left = rows_of(part), np.zeros(len(part), np.bool_), len(part)
        members = None if groups is None else groups[rows]
        for at, record in enumerate(part):
            wanted = lacking.intersection(field.classes(record))
            if not wanted:
                continue
            along = [at] if members is None else np.flatnonzero(members == members[at])
            more = len(along) - int(back[along].sum())
            if more < left:
                back[along], left = True, left - more
                lacking -= wanted
                places |= dict.fromkeys(wanted, record.place)
            if not lacking:
                break
        given.append(rows[back])
        found[name] = part.select(np.flatnonzero(~back))
    rows = np.sort(np.concatenate(given))
    if groups is not None:
        rows = rows[np.argsort(groups[rows], kind="stable")]
    found["train"] = Records(train.file, rows, None, train.watch, train.drawn_by)
    kept = sorted(label for label, place in places.items() if place)
    if kept:
        _log.warning(
            "The field '%s' has %s in no training example but those that the split takes off; "
            "these stay in training: %s",
            field.name,
            "1 label" if len(kept) == 1 else f"{len(kept):,} labels",
            few([f"{label} ({places[label]})" for label in kept]),
        )
    return found

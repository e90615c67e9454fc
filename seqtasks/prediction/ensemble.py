"""Which models can choose every token together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from seqtasks.errors import UsageError
from seqtasks.prediction.abilities import Searches
from seqtasks.prediction.model import Model


def check_members(models: Sequence[Model]) -> None:
    """Refuse models that cannot choose a token together."""
    lead = models[0]
    for number, model in enumerate(models, 1):
        if not isinstance(model.task, Searches):
            raise UsageError(
                f"model {number} is a {type(model.task).__name__}, which does not search for its "
                "output; ensembles are for models that do",
                option="ensemble",
            )
        ours, theirs = (
            one.fields[str(one.task.target)].vocabulary.symbols for one in (lead, model)
        )
        if ours != theirs:
            pairs = enumerate(zip_longest(ours, theirs))
            place, (here, there) = next(found for found in pairs if found[1][0] != found[1][1])
            raise UsageError(
                f"model {number} has another target vocabulary than the first: symbol {place} is "
                f"{there!r} there and {here!r} here; train both on the same targets with the same "
                "data.target options",
                option="ensemble",
            )
        if lead.config["fields"].get("copies") != model.config["fields"].get("copies"):
            raise UsageError(
                f"model {number} copies other words of the source than the first; train both with "
                "the same decoder and data.copies options",
                option="ensemble",
            )

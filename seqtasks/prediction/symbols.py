"""The tokens of a text as a model cuts it, and whether labels stand beside them."""

from __future__ import annotations

from itertools import chain

from seqtasks.data.fields import SynchronousField, TagField, TokenField
from seqtasks.data.raw_inputs import as_text
from seqtasks.data.record import Record, Value
from seqtasks.prediction.model import Model


def symbols_of(field: TokenField, value: Value, count: int) -> list[str]:
    """The first ``count`` tokens of a text, special ones included, as they stand in the text."""
    tokenizer = field.vocabulary.tokenizer
    if tokenizer is None:
        pieces = field.vocabulary.cut(value) if isinstance(value, str) else value
    else:
        first, *rest = (
            [part[start:end] for start, end in tokenizer.encode(part).offsets]
            for part in field.prepared(Record({field.name: as_text(value)}))
        )
        joint = [str(field.separator)]
        pieces = [*first, *chain.from_iterable([*joint, *symbols] for symbols in rest)]
    front, back = ["<bos>"] * field.bos, ["<eos>"] * field.eos
    return [*front, *pieces[: count - len(front) - len(back)], *back]


def tag_field(model: Model) -> TagField | None:
    """The field of labels that stand one beside each token of the only input, if there is one."""
    field = model.fields.get(str(model.task.target))
    if not isinstance(field, TagField) or isinstance(field, SynchronousField):
        return None
    beside = [*model.task.inputs] == [field.along]
    return field if beside and isinstance(model.fields[str(field.along)], TokenField) else None

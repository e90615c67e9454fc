"""A loaded model in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqtasks.data.fields import Field, TokenField
from seqtasks.prediction.model import Model

_SHOWN = 4


def described(model: Model, source: str) -> str:
    """The task of a model, what it reads and gives, its encoder and size, and where it is from.

    Like ``SequenceTagger: tokens (1,204 symbols) → tags (3: O, B-PER, I-PER), lstm 1 × 128 both
    ways, 291,843 parameters, from runs/tagging/latest/bundle``.
    """
    task = model.task
    names = [*task.inputs, *([task.target] if task.target else [])]
    read, given = (
        ", ".join(contents(model.fields[name]) for name in some if name in model.fields)
        for some in (task.inputs, names[len(task.inputs) :])
    )
    count = sum(parameter.numel() for parameter in task.parameters())
    parts = [
        f"{type(task).__name__}: {read}" + (f" → {given}" if given else ""),
        encoder(model.config.get("task", {}).get("encoder") or {}, getattr(task, "encoder", None)),
        f"{count:,} parameters" if count else "exported",
        f"from {source}" if source else "",
    ]
    return ", ".join(filter(None, parts))


def contents(field: Field) -> str:
    """A field with the number of its symbols, or with its labels."""
    symbols = field.vocabulary.symbols
    if not symbols:
        return field.name
    if isinstance(field, TokenField):
        return f"{field.name} ({len(symbols):,} symbols)"
    shown = [symbol if symbol.isprintable() else repr(symbol)[1:-1] for symbol in symbols[:_SHOWN]]
    more = ", …" if len(symbols) > _SHOWN else ""
    return f"{field.name} ({len(symbols):,}: {', '.join(shown)}{more})"


def encoder(options: Mapping[str, Any], built: Any) -> str:
    """The recurrence of an encoder and its sizes; nothing where there is none that is known."""
    layers, size = getattr(built, "layers", None), getattr(built, "hidden_size", None)
    if layers is None or size is None:
        return ""
    ways = " both ways" if getattr(built, "bidirectional", False) else ""
    return f"{options.get('cell', 'recurrence')} {len(layers)} × {size}{ways}"

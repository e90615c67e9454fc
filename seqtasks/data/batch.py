"""What a task's methods receive."""

from __future__ import annotations

from typing import Any


class Batch(dict[str, Any]):
    """Named tensors of one batch, readable as attributes.

    A field of tokens called ``tokens`` comes with ``lengths``; one called ``source`` comes with
    ``source_lengths``. What a batch holds follows from the fields of the data.

    >>> Batch(tokens=1, lengths=2).tokens
    1
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(
                f"this batch has no '{name}'; it has {', '.join(self) or 'nothing'}"
            ) from None

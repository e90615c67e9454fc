"""The channels of a sequence of vectors, with their mean and deviation."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import BundleError, first_line
from seqtasks.files import plain_json


class Channels(Vocabulary):
    """The names of a vector's places, each with a mean and a deviation.

    Args:
        symbols: the names.
        mean: the channels' means; 0 by default.
        deviation: the channels' deviations, above 0; 1 by default.

    >>> channels = Channels(["x", "y"], [1.0, 0.0], [2.0, 1.0])
    >>> channels.measure(np.array([[5.0, 3.0]]))
    array([[2., 3.]], dtype=float32)
    >>> Channels.from_json(channels.to_json()).mean.tolist()
    [1.0, 0.0]
    """

    def __init__(
        self,
        symbols: Sequence[str],
        mean: Sequence[float] | None = None,
        deviation: Sequence[float] | None = None,
    ) -> None:
        super().__init__(symbols)
        self.mean = np.array([0.0] * len(symbols) if mean is None else mean, dtype=np.float64)
        self.deviation = np.array(
            [1.0] * len(symbols) if deviation is None else deviation, dtype=np.float64
        )

    def measure(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """(steps, channels): each value less its channel's mean, in deviations."""
        return ((values - self.mean) / self.deviation).astype(np.float32)

    def to_json(self) -> str:
        """The channels as JSON; numbers are written so that they are read back exactly."""
        content = {
            "channels": self.symbols,
            "mean": self.mean.tolist(),
            "deviation": self.deviation.tolist(),
        }
        return json.dumps(content, ensure_ascii=False, indent=0)

    @classmethod
    def from_json(cls, text: str) -> Channels:
        """The inverse of `to_json`.

        Raises:
            BundleError: the text does not describe channels.
        """
        try:
            content = plain_json.parsed(text)
            made = cls(content["channels"], content["mean"], content["deviation"])
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise BundleError(
                f"not the channels of a sequence of vectors: {first_line(error)}; copy the file "
                "again"
            ) from error
        names = all(isinstance(name, str) for name in made.symbols)
        sizes = {(len(made.symbols),), made.mean.shape, made.deviation.shape}
        known = len(sizes) == 1 and len(made.index) == len(made.symbols) > 0
        if not (names and known and np.isfinite(made.mean).all() and (made.deviation > 0).all()):
            raise BundleError(
                "not the channels of a sequence of vectors, which are names, mean and "
                "deviation; copy the file again"
            )
        return made

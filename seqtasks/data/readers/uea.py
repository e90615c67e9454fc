"""Files of the UEA and UCR archives of time series classification: ``.ts``."""

from __future__ import annotations

import json
from collections.abc import Iterator

from seqtasks.data.readers.files import read_lines
from seqtasks.data.readers.paths import FilePath
from seqtasks.errors import DataError


def uea_examples(path: FilePath, encoding: str) -> Iterator[tuple[int, dict[str, str], str]]:
    """Yield each example's line, its columns, and what is wrong with the line if anything is.

    The columns are ``series``, a JSON list of steps, and any ``label``. Lines before ``@data``
    describe the file; behind it an example is a line, its channels separated by colons, the values
    of a channel by commas, and the label last. ``?`` is a missing value, which becomes NaN.

    Args:
        path: the file.
        encoding: its encoding.

    Raises:
        DataError: the file cannot be read, has time stamps or no ``@data``.
    """
    described: dict[str, str] = {}
    begun = False
    count = first = 0
    for number, raw in read_lines(path, encoding):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if not begun:
            key, *value = line.split(None, 1)
            if not key.startswith("@"):
                raise DataError(
                    f"{path}:{number}: {line[:30]!r} stands before @data; give a .ts file, whose "
                    "description ends with a line @data"
                )
            begun = key.lower() == "@data"
            described[key.lower()] = "".join(value).lower()
            if described.get("@timestamps", "").startswith("true"):
                raise DataError(
                    f"{path}:{number}: values with time stamps are not read; write the values "
                    "alone, with @timeStamps false"
                )
            continue
        parts = line.split(":")
        values = {}
        if any(described.get(k, "").startswith("true") for k in ("@classlabel", "@targetlabel")):
            values["label"] = parts.pop().strip()
        if not count:
            count, first = max(len(parts), 1), number
        try:
            values["series"] = json.dumps(_steps(parts, count, first))
        except ValueError as error:
            yield number, {}, f"{error}; correct the line"
        else:
            yield number, values, ""
    if not begun:
        raise DataError(f"{path}: it has no line @data; give a .ts file of the UEA archive")


def _steps(parts: list[str], count: int, first: int) -> list[tuple[float, ...]]:
    """The steps of some channels (ValueError: they are no numbers, or not equally many)."""
    if len(parts) != count:
        raise ValueError(f"{len(parts)} channel(s) found, {count} expected as on line {first}")
    channels = [_numbers(at, part) for at, part in enumerate(parts)]
    for at, channel in enumerate(channels):
        if len(channel) != len(channels[0]):
            raise ValueError(
                f"channels of unequal length; channel {at} has {len(channel)} values where "
                f"channel 0 has {len(channels[0])}"
            )
    return list(zip(*channels, strict=True))


def _numbers(channel: int, text: str) -> list[float]:
    """The values of one channel (ValueError: one is no number)."""
    parts = ["nan" if part.strip() == "?" else part for part in text.split(",")]
    try:
        return [float(part) for part in parts]
    except ValueError as error:
        raise ValueError(
            f"channel {channel} (from 0) is to hold numbers with commas between them ({error})"
        ) from None

"""Files of the UEA and UCR archives of time series classification: ``.ts``."""

from __future__ import annotations

import json
from collections.abc import Iterator

from seqtasks.data.readers.files import read_lines
from seqtasks.data.readers.paths import FilePath
from seqtasks.errors import DataError


def uea_examples(path: FilePath, encoding: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each example's line and columns: ``series``, a JSON list of steps, and any ``label``.

    Lines before ``@data`` describe the file; behind it an example is a line, its channels
    separated by colons, the values of a channel by commas, and the label last. ``?`` is a missing
    value, which becomes NaN.

    Args:
        path: the file.
        encoding: its encoding.

    Raises:
        DataError: the file cannot be read, has time stamps or no ``@data``, or a line has other
            channels than the first, of unequal length, or with something that is no number.
    """
    described: dict[str, str] = {}
    begun = False
    count = first = 0
    for number, raw in read_lines(path, encoding):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        place = f"{path}:{number}"
        if not begun:
            key, _, value = line.partition(" ")
            if not key.startswith("@"):
                raise DataError(
                    f"{place}: {line[:30]!r} stands before @data; give a .ts file, whose "
                    "description ends with a line @data"
                )
            begun = key.lower() == "@data"
            described[key.lower()] = value.strip().lower()
            if described.get("@timestamps", "").startswith("true"):
                raise DataError(
                    f"{place}: values with time stamps are not read; write the values alone, with "
                    "@timeStamps false"
                )
            continue
        parts = line.split(":")
        values = {}
        if any(described.get(k, "").startswith("true") for k in ("@classlabel", "@targetlabel")):
            values["label"] = parts.pop().strip()
        if not count:
            count, first = len(parts), number
        if len(parts) != count or not parts:
            raise DataError(
                f"{place}: {len(parts)} channel(s) found, {max(count, 1)} expected as on line "
                f"{first or number}; correct the line"
            )
        channels = [_numbers(place, at, part) for at, part in enumerate(parts)]
        for at, channel in enumerate(channels):
            if len(channel) != len(channels[0]):
                raise DataError(
                    f"{place}: channel {at} has {len(channel)} values, channel 0 has "
                    f"{len(channels[0])}; all channels of an example go on for as many steps"
                )
        values["series"] = json.dumps(list(zip(*channels, strict=True)))
        yield number, values
    if not begun:
        raise DataError(f"{path}: it has no line @data; give a .ts file of the UEA archive")


def _numbers(place: str, channel: int, text: str) -> list[float]:
    """The values of one channel."""
    parts = ["nan" if part.strip() == "?" else part for part in text.split(",")]
    try:
        return [float(part) for part in parts]
    except ValueError as error:
        raise DataError(
            f"{place}: channel {channel} (from 0) is to hold numbers, with commas between them "
            f"({error}); correct the line"
        ) from None

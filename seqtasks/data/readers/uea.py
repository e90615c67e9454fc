"""Files of the UEA and UCR archives of time series classification: ``.ts``."""

from __future__ import annotations

import json
from collections.abc import Iterator

from seqtasks.data.decimals import plain
from seqtasks.data.readers.files import read_lines
from seqtasks.data.readers.paths import FilePath
from seqtasks.data.readers.uea_description import Description
from seqtasks.errors import DataError


def uea_examples(path: FilePath, encoding: str) -> Iterator[tuple[int, dict[str, str], str]]:
    """Yield each example's line, its columns, and what is wrong with the line if anything is.

    The columns are ``series``, a JSON list of steps, and any ``label``. Lines before ``@data``
    describe the file; behind it an example is a line, its channels separated by colons, the values
    of a channel by commas, and the label last. ``?`` is a missing value, which becomes NaN. A line
    that is not as the file describes itself gives no example.

    Args:
        path: the file.
        encoding: its encoding.

    Raises:
        DataError: the file cannot be read, has time stamps or no ``@data``, or its description is
            none.
    """
    described = Description()
    begun = False
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
            try:
                described.learn(key.lower(), "".join(value), number)
            except ValueError as error:
                raise DataError(f"{path}:{number}: {error}") from None
            continue
        parts = line.split(":")
        values = {}
        try:
            if described.labelled:
                values["label"] = described.label(parts.pop().strip())
            described.check_channels(len(parts), number)
            channels = [_numbers(at, part) for at, part in enumerate(parts)]
            described.check_steps([len(channel) for channel in channels], number)
        except ValueError as error:
            yield number, {}, f"{error}; correct the line"
        else:
            values["series"] = json.dumps(list(zip(*channels, strict=True)))
            yield number, values, ""
    if not begun:
        raise DataError(f"{path}: it has no line @data; give a .ts file of the UEA archive")


def _numbers(channel: int, text: str) -> list[float]:
    """The values of one channel (ValueError: one is no number)."""
    if "?" in text:
        text = ",".join("nan" if part.strip() == "?" else part for part in text.split(","))
    parts = text.split(",")
    try:
        if "_" in text or not text.isascii():  # what `plain` refuses, at once for all of them
            return [plain(part) for part in parts]
        return [float(part) for part in parts]
    except ValueError:
        bad = next(part for part in parts if not _is_number(part)).strip()
        raise ValueError(
            f"channel {channel} (from 0) needs numbers with commas between them, not {bad[:30]!r}"
        ) from None


def _is_number(text: str) -> bool:
    try:
        plain(text)
    except ValueError:
        return False
    return True

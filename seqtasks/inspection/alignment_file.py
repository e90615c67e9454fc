"""Alignments of many texts in one file: a line of JSON each, or the picture of a single one."""

from __future__ import annotations

import json
from pathlib import Path

from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.inspection.alignment import Alignment
from seqtasks.inspection.canvas import FORMATS, require


class AlignmentFile:
    """Takes alignments one after another.

    Args:
        path: ends in .json, or for a single alignment in .png or .svg.

    Raises:
        UsageError: it has another ending.
        SeqtasksError: it cannot be written, or matplotlib is missing.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0
        self.draws = path.suffix.lower() in FORMATS
        if self.draws:
            require()
        elif path.suffix.lower() != ".json":
            raise UsageError(f"--attention {path}: the name ends in .json, {' or '.join(FORMATS)}")
        try:
            path.write_text("", encoding="utf-8")
        except OSError as error:
            raise SeqtasksError(f"cannot write {path}: {error.strerror}") from error

    def add(self, alignment: Alignment) -> None:
        """Write one more.

        Raises:
            UsageError: it is the second one of a picture.
        """
        self.count += 1
        if self.draws:
            if self.count > 1:
                raise UsageError(
                    f"--attention {self.path}: a picture shows one line; give one, or a name that "
                    "ends in .json"
                )
            from seqtasks.inspection.alignment_map import draw_alignment

            draw_alignment(alignment, self.path)
            return
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(alignment.to_json(), ensure_ascii=False) + "\n")

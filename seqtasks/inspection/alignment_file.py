"""A file of alignments: a line of JSON for each text, or the picture of a single one."""

from __future__ import annotations

import json
from pathlib import Path

from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.inspection.alignment import Alignment
from seqtasks.inspection.canvas import FORMATS, import_matplotlib


class AlignmentFile:
    """Writes alignments one after another.

    Args:
        path: ends in .json, or for a single alignment in .png or .svg.

    Raises:
        UsageError: the name has another ending.
        SeqtasksError: the file cannot be written, or matplotlib is missing.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0
        self.draws = path.suffix.lower() in FORMATS
        if self.draws:
            import_matplotlib()
        elif path.suffix.lower() != ".json":
            raise UsageError(
                f"{path}: the name ends in .json, {' or '.join(FORMATS)}", option="attention"
            )
        try:
            path.write_text("", encoding="utf-8")
        except OSError as error:
            raise SeqtasksError(f"cannot write {path}: {error.strerror}") from error

    def add(self, alignment: Alignment) -> None:
        """Write an alignment.

        Raises:
            UsageError: the file is a picture and has one already.
        """
        self.count += 1
        if self.draws:
            if self.count > 1:
                raise UsageError(
                    f"{self.path}: a picture shows one line; give one, or write .json",
                    option="attention",
                )
            from seqtasks.inspection.alignment_map import draw_alignment

            draw_alignment(alignment, self.path)
            return
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(alignment.to_json(), ensure_ascii=False) + "\n")

"""A file of alignments: a line of JSON for each text, or the picture of a single one."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from seqtasks.bundle import Bundle
from seqtasks.data.raw_inputs import as_text
from seqtasks.data.record import Record
from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.files.replacing import replacing
from seqtasks.inspection.alignment import align
from seqtasks.inspection.alignment_map import draw_alignment
from seqtasks.inspection.canvas import FORMATS, import_matplotlib
from seqtasks.prediction.answer import Prediction


class AlignmentFile:
    """Writes what a model attends to in one prediction after another; whole at the end.

    Args:
        path: ends in .json, or for a single prediction in .png or .svg.
        bundle: the model.
    """

    def __init__(self, path: Path, bundle: Bundle) -> None:
        self.path, self.bundle, self.count = path, bundle, 0
        self.draws = path.suffix.lower() in FORMATS
        if self.draws:
            import_matplotlib()
        elif path.suffix.lower() != ".json":
            raise UsageError(
                f"{path}: the name ends in .json, {' or '.join(FORMATS)}", option="attention"
            )

    def __enter__(self) -> AlignmentFile:
        with ExitStack() as files:
            if not self.draws:
                try:
                    part = files.enter_context(replacing(self.path, parents=False))
                    self.lines = files.enter_context(part.open("w", encoding="utf-8"))
                except OSError as error:
                    raise SeqtasksError(f"cannot write {self.path}: {error.strerror}") from error
            self.files = files.pop_all()
        return self

    def __exit__(self, *error: Any) -> None:
        self.files.__exit__(*error)

    def __call__(self, record: Record, prediction: Prediction) -> None:
        """Write the attention of one prediction; of an empty text there is none."""
        target = as_text(prediction.value)
        if not target.strip():
            return
        self.count += 1
        alignment = align(self.bundle, record.values, target)
        if not self.draws:
            self.lines.write(json.dumps(alignment.to_json(), ensure_ascii=False) + "\n")
            return
        if self.count > 1:
            raise UsageError(
                f"{self.path}: a picture shows one line; give one, or a name that ends in .json",
                option="attention",
            )
        draw_alignment(alignment, self.path)

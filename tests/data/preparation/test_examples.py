"""The columns of a field in files."""

from __future__ import annotations

import numpy as np

from seqtasks.data.preparation.examples import Columns, map_columns
from seqtasks.data.store.ragged import Ragged


class Several:
    """Values in columns whose names are those of parts of files."""

    def __init__(self, rows, sequences):
        self.rows, self.sequences = np.array(rows, np.int16), Ragged.pack(sequences, np.uint8)

    def columns(self):
        return {"values": self.rows, "offsets": self.sequences, "": self.sequences}


def test_columns_are_appended_whatever_their_names(tmp_path):
    columns = Columns(tmp_path, "field")
    columns.append(Several([-1, 2], [[5, 6], []]), np.array([True, True]))
    columns.append(Several([3, 4], [[7], [8, 9]]), np.array([False, True]))  # the 7 goes on
    mapped = map_columns(tmp_path, "field", columns.close())
    assert mapped["values"].tolist() == [-1, 2, 4]
    for name in ("offsets", ""):
        assert [row.tolist() for row in mapped[name]] == [[5, 6], [7], [8, 9]]
        assert mapped[name].values.dtype == np.uint8

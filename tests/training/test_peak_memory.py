"""The most memory that a run has held."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from seqtasks.training.peak_memory import forget_peak, peak_memory


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is set back on Linux alone")
def test_the_peak_is_that_of_a_run_and_is_forgotten_by_the_next_one():
    forget_peak()
    before = peak_memory()["peak_memory"]
    held = np.ones(80_000_000, dtype=np.uint8)  # more than a training keeps of a block
    assert peak_memory()["peak_memory"] - before > 70_000_000
    del held
    during = peak_memory()["peak_memory"]
    forget_peak()
    assert peak_memory()["peak_memory"] < during - 60_000_000

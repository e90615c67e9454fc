"""The benchmark of reading, on some records."""

from __future__ import annotations

import subprocess
import sys

from small import ROOT


def test_every_layout_is_read_and_compared():
    command = [sys.executable, ROOT / "benchmarks" / "reading.py", "--against", ROOT]
    options = ["--records", "20", "--rounds", "1"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert len(lines) == 8
    assert all(" of the other" in line for line in lines)

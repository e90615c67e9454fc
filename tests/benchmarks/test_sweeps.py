"""The measure of runs beside each other and after each other."""

from __future__ import annotations

import pytest
from small import ROOT


@pytest.fixture(autouse=True)
def benchmarks(monkeypatch):
    """The folder of benchmarks."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))


def test_the_ratios_follow_from_the_times(capsys):
    import sweeps

    def timed(commands):
        [words, *others] = commands
        if words[0] == "-c":
            return 4.0
        runs = words[3].count(",") + 1 if "-m" in words[2:] else 1
        shared = 2 if "launcher=joblib" in words else 1
        return 5.0 + len(others) + 2.0 * (runs - 1) / shared

    sweeps.main(["--repeats", "1"], timed)
    found = [line.split()[-1] for line in capsys.readouterr().out.splitlines()]
    assert found == ["1.20", "0.63", "2.00"]

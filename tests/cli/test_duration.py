"""Lengths of time as they are typed."""

from __future__ import annotations

import pytest

from seqtasks.cli.duration import in_words, seconds_of
from seqtasks.errors import UsageError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("10min", 600), ("2h", 7200), ("1h30min", 5400), ("1.5h", 5400), ("2 d", 172800)],
)
def test_a_time_with_its_unit(text, seconds):
    assert seconds_of(text, "budget") == seconds


@pytest.mark.parametrize(
    "text", [10, "", "10", "min", "10 minutes", "-5s", "5sh", "1e3s", "0s", "9" * 400 + "h", True]
)
def test_anything_else_is_refused(text):
    with pytest.raises(UsageError, match="budget: it is "):
        seconds_of(text, "budget")


@pytest.mark.parametrize("seconds", [1, 61, 3600, 90_061])
def test_in_words(seconds):
    exact = seconds_of(in_words(seconds), "budget")
    assert exact <= seconds < exact + 3600

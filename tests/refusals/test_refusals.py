"""Every refusal of the library is reached by a row of a table, and says what the row says."""

from __future__ import annotations

import importlib
import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from refusals.sites import every_site, reached

from seqtasks.errors import SeqtasksError
from seqtasks.serving.refusal import Refusal

TABLES = (
    *("layers", "models", "strangers", "commands", "folders", "files", "values", "requests"),
    "searches",
)
"""The tables, files beside this one. A row: site → how to reach it, and what it has to say."""

VERBS = (
    "add allow ask build choose compare convert copy correct export get give leave let look make "
    "name number open pip prepare raise remove rename repeat reset resume say see send set "
    "shorten show sort split start take train try type use widen write"
)
"""Words that tell a person what to do."""

VALUES = (
    r"(choices|cells|fields|inputs|scores|labels) are",
    "at (most|least)|from \\d+ to|allows \\d|, to \\d|or .* not|it (is|knows)|a rate is|expected",
    "begin again|fill it in|go on|lower it|goes? (together )?with|ends in|divide|lie in|come from",
    "Did you mean|what chooses is|learns from|needs a|training prints|are for|in place of each",
    "have:|need --",
)
"""Ways to say which values can be given, or what to do."""

HOW = re.compile("|".join([*(rf"\b{verb}\b" for verb in VERBS.split()), *VALUES]), re.I)

ROWS: dict[str, tuple[Callable[[], object], str]] = {}
for name in TABLES:
    rows = importlib.import_module(f"refusals.{name}").ROWS
    assert not rows.keys() & ROWS.keys()
    ROWS |= rows


def test_every_refusal_has_a_row():
    every = every_site()
    missing = sorted({*every} - ROWS.keys())
    assert not missing, f"write a row for each: {missing}"
    assert not ROWS.keys() - {*every}, "these rows have no refusal any more"


@pytest.mark.parametrize("site", ROWS)
def test_refusal(site, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    provoke, said = ROWS[site]
    with reached() as found, suppress(SeqtasksError, SystemExit, Refusal, ArgumentTypeError):
        provoke()
    assert site in found, f"reached: {list(found)}"
    message = found[site]
    assert said in message
    assert HOW.search(message), f"it does not say how to go on: {message}"


def test_the_tables_are_all_there():
    beside = {path.stem for path in Path(__file__).parent.glob("*.py")}
    assert beside == {*TABLES, "kept", "sites", "test_refusals"}

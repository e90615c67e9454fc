"""The reader of docs/guides/own_data.md, run as the page says."""

from __future__ import annotations

import re
import shlex
import sys

import pytest
from small import ROOT, SMALL

SECTION = (
    (ROOT / "docs" / "guides" / "own_data.md")
    .read_text("utf-8")
    .partition("## A reader of your own")[2]
)
[CODE] = re.findall(r"```python\n(.*?)```", SECTION, flags=re.DOTALL)
[CONFIG] = re.findall(r"```yaml\n(.*?)```", SECTION, flags=re.DOTALL)
[COMMAND] = re.findall(r"^    (python -m seqtasks.*)$", SECTION, flags=re.MULTILINE)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "my_readers.py").write_text(CODE)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.modules.pop("my_readers", None)


def test_one_class_and_one_file_are_a_reader(folder, cli):
    config = folder / CONFIG.splitlines()[0].removeprefix("# ")
    config.parent.mkdir(parents=True)
    config.write_text(CONFIG)
    lines = ["the/DET dog/NOUN sleeps/VERB ./PUNCT", "1/2/NUM cats/NOUN sleep/VERB ./PUNCT"] * 20
    (folder / "brown.txt").write_text("\n".join(lines))
    code, printed, error = cli(*shlex.split(COMMAND)[3:], *SMALL[3:])
    assert code == 0, error
    assert "Scores on the test split" in printed

"""The pages for contributors name what is there."""

from __future__ import annotations

import re

import pytest
from small import ROOT
from test_walls import IMPORTS, within

PAGES = ("ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md")
KINDS = ("cell", "head", "metric", "reader", "task")


def named(page: str) -> set[str]:
    """The paths in backticks, in links and in commands; NAME, VERB and a star stand for any."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = {
        part
        for code in re.findall(r"`([^`\n]+)`", text)
        for part in code.split()
        if re.fullmatch(r"\.?[\w*]+(/[\w.*-]*)+|[A-Z]\w+\.(md|cff)|\w+\.(toml|lock)", part)
    }
    found |= {*re.findall(r"\]\(([^)#:]+)[#)]", text)}
    return found | {*re.findall(r"(?<=\s)tests/\w+", text)}


@pytest.mark.parametrize("page", PAGES)
def test_every_path_is_there(page):
    paths = named(page)
    assert len(paths) >= 3
    patterns = {path: re.sub("NAME|VERB", "*", path) for path in paths}
    places = (ROOT, ROOT / "seqtasks")  # the walls name folders without their package
    there = {p for p, pattern in patterns.items() if any([*top.glob(pattern)] for top in places)}
    assert not paths - there


@pytest.mark.parametrize("page", PAGES)
def test_every_place_that_is_linked_is_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for path, heading in re.findall(r"\]\(([^)#:]*)#([\w-]+)\)", text):
        target = (ROOT / (path or page)).read_text(encoding="utf-8")
        titles = re.findall(r"^#+ (.*)$", target, flags=re.MULTILINE)
        assert heading in [re.sub(r"[^\w -]", "", t).lower().replace(" ", "-") for t in titles]


def test_every_folder_has_a_row_and_imports_what_the_row_says():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `seqtasks/(\w+)/` \|.*\| (.*) \|$", text, flags=re.MULTILINE)
    folders = {path.parent.name for path in (ROOT / "seqtasks").glob("*/__init__.py")}
    assert {folder for folder, _ in rows} == folders
    for folder, said in rows:
        inside = [entry for entry in IMPORTS if within(entry.importer, [f"seqtasks.{folder}"])]
        ours = {e.imported.split(".")[1] for e in inside if e.imported.startswith("seqtasks.")}
        others = ours - {folder, "errors"}
        names = {*re.findall(r"`(\w+)`", said)}
        assert names <= others, f"{folder} does not import {names - others}"
        assert names or not others, f"{folder} imports {others}"


def test_how_to_add_each_kind_of_part_is_said():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert {*KINDS} == {*re.findall(r"^### A (\w+)$", text, flags=re.MULTILINE)}

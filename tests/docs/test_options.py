"""Every option that a page names is one of ``conf/``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from documented import PAGES, inline, name
from small import ROOT

CONF = ROOT / "conf"
OPTION = re.compile(r"^[~'\"]*([a-z_]+(?:\.\w+)+)(?:=|'?$)")
FILES = re.compile(r"\.(csv|html|json|journal|onnx|png|yaml)$")
ELSEWHERE = {"encoder.layers.0", "report.worst"}  # a module of torch; a part of metrics.json


def place(path: Path, text: str) -> list[str]:
    """Where the options of a file stand; NAME for any field."""
    package = re.match(r"# @package (\S+)", text)
    if package or path.parent == CONF:
        return [] if not package or package[1] == "_global_" else package[1].split(".")
    group = list(path.relative_to(CONF).parent.parts)
    return ["data", "NAME"] if group == ["field"] else group


def names(tree: object, before: list[str]) -> Iterator[str]:
    """The full names of all parts and options of a tree."""
    if before:
        yield ".".join(before)
    for key, value in tree.items() if isinstance(tree, dict) else []:
        yield from names(value, [*before, str(key)])


def known() -> set[str]:
    found = set()
    for path in CONF.rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        found |= set(names(yaml.safe_load(text), place(path, text)))
    return found


def test_options_in_the_text_exist():
    there = known()
    assert {"data.NAME.max_length", "trainer.gradient_clip_val", "sweep.resume"} <= there
    tops = {one.split(".")[0] for one in there} - {"hydra"}
    seen, wrong = 0, {}
    for page in PAGES:
        for word in (word for code in inline(page) for word in code.split()):
            option = OPTION.match(word)
            if not option or FILES.search(option[1]) or option[1].split(".")[0] not in tops:
                continue
            seen += 1
            of_a_field = re.sub(r"^data\.\w+(?=\.|$)", "data.NAME", option[1])
            if not {option[1], of_a_field} & (there | ELSEWHERE):
                wrong.setdefault(option[1], name(page))
    assert seen > 200
    assert not wrong, wrong

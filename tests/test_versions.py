"""Versions that stand in several files are the same."""

from __future__ import annotations

import re
from collections import defaultdict

from small import ROOT


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def bounds() -> dict[str, dict[str, set[str]]]:
    """Extra ("" for what is always installed) → package → its lower bounds."""
    found: dict[str, dict[str, set[str]]] = {"": defaultdict(set)}
    project = text_of("pyproject.toml").partition("\n[project]")[2].partition("\n[tool.")[0]
    always, extras = project.split("\n[project.optional-dependencies]\n")
    entries = [("", always.partition("\ndependencies = [")[2].partition("\n]")[0])]
    entries += re.findall(r"^(\w+) = \[(.*?)\]$", extras, flags=re.MULTILINE | re.DOTALL)
    for extra, packages in entries:
        found.setdefault(extra, defaultdict(set))
        for name, bound in re.findall(r'"([\w.-]+)(?:\[\w+\])?>=([\w.]+)', packages):
            found[extra][name].add(bound)
    return found


def pins(name: str) -> dict[str, str]:
    """The versions of a file of constraints."""
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)$", text_of(name), flags=re.MULTILINE))


def test_a_package_has_one_lower_bound():
    every = defaultdict(set)
    for packages in bounds().values():
        for name, versions in packages.items():
            every[name] |= versions
    assert {"torch", "ruff", "optuna", "ray"} <= every.keys()
    assert not {name: versions for name, versions in every.items() if len(versions) > 1}


def test_the_lowest_versions_are_the_bounds():
    found = bounds()
    tested = {**found[""], **found["test"]}
    assert pins("constraints/lowest.txt") == {name: bound for name, [bound] in tested.items()}


def test_the_linter_is_that_of_the_lock():
    hooks = re.findall(r"\[(ruff)==([\d.]+)\]", text_of(".pre-commit-config.yaml"))
    assert {*hooks} == {("ruff", pins("requirements.lock")["ruff"])}


def test_the_version_to_cite_is_the_version():
    [version] = re.findall(r'^version = "(.*)"$', text_of("pyproject.toml"), flags=re.MULTILINE)
    assert re.findall(r"^version: (.*)$", text_of("CITATION.cff"), flags=re.MULTILINE) == [version]

"""The reference of options: a page for each group of ``conf/``, made when the site is built."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from mkdocs.structure.files import File

CONF = Path(__file__).resolve().parents[2] / "conf"
FOLDER = "reference/options"
WHOLE = {"experiment", "hparams_search", "hydra", "sweep"}
"""Groups whose choices set options all over the place: their files are shown as they are."""


class Option(NamedTuple):
    """A line of a configuration: its name, its default, and what its comment says."""

    name: str
    default: str
    comment: str


def on_config(config: Any) -> Any:
    """Put the pages into the navigation, where it says ``options``."""
    pages = [{title: f"{FOLDER}/{group}.md"} for group, title in groups().items()]
    for section in config.nav:
        for entries in section.values():
            for entry in entries if isinstance(entries, list) else []:
                if isinstance(entry, dict) and entry.get("Options") == "options":
                    entry["Options"] = pages
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the pages."""
    for group, title in groups().items():
        content = page(group, title)
        files.append(File.generated(config, f"{FOLDER}/{group}.md", content=content))
    return files


def groups() -> dict[str, str]:
    """Every group at the top of ``conf/``, with the title of its page; ``config`` for none."""
    folders = sorted(path.name for path in CONF.iterdir() if any(path.rglob("*.yaml")))
    return {"config": "Of a run", **{name: f"{name}" for name in folders}}


def page(group: str, title: str) -> str:
    """The page of a group: its choices, each with its options."""
    if group == "config":
        text = (CONF / "config.yaml").read_text(encoding="utf-8")
        intro = "What belongs to no group, and the choice of each group."
        return "\n\n".join([f"# {title}", intro, table(options(text), ""), *chosen(text)])
    found = sorted((CONF / group).rglob("*.yaml"), key=lambda path: (len(path.parts), path))
    listed = "\n".join(f"- [`{called(path)}`](#{anchor(path)}): {header(path)}" for path in found)
    return "\n\n".join([f"# `{group}`", listed, *(choice(path) for path in found)])


def choice(path: Path) -> str:
    """What stands on a page about one file of ``conf/``."""
    text = path.read_text(encoding="utf-8")
    parts = [f"## `{called(path)}` {{#{anchor(path)}}}", header(path)]
    if path.relative_to(CONF).parts[0] in WHOLE:
        return "\n\n".join([*parts, f"```yaml\n{text.rstrip()}\n```"])
    target = re.search(r"^(?:task:\n  )?_target_: (\S+)$", text, flags=re.MULTILINE)
    if target:
        parts.append(
            f"Builds <autoref identifier='{target[1]}' optional><code>{target[1]}</code></autoref>."
        )
    found = [one._replace(comment=one.comment or said(path, one.name)) for one in options(text)]
    return "\n\n".join([*parts, *chosen(text), table(found, prefix(path, text))])


@functools.cache
def read(path: Path) -> list[Option]:
    """The options of a file."""
    return options(path.read_text(encoding="utf-8"))


def said(path: Path, name: str) -> str:
    """What another choice of the same group says of an option."""
    for other in sorted(path.parent.glob("*.yaml")):
        for one in read(other):
            if one.name == name and one.comment:
                return one.comment
    return ""


def called(path: Path) -> str:
    """How a choice is typed: ``task/head=crf``."""
    place = path.relative_to(CONF).with_suffix("")
    return f"{place.parent.as_posix()}={place.name}"


def anchor(path: Path) -> str:
    """The name of a choice within its page."""
    return called(path).replace("/", "-").replace("=", "-")


def header(path: Path) -> str:
    """The sentences at the top of a file."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        if "@package" not in line:
            lines.append(line.lstrip("# "))
    return escaped(" ".join(lines))


def prefix(path: Path, text: str) -> str:
    """What stands before the names of a file's options on the command line."""
    package = re.match(r"# @package (\S+)", text)
    if package:
        return "" if package[1] == "_global_" else f"{package[1]}."
    group = path.relative_to(CONF).parent.as_posix().replace("/", ".")
    return "data.NAME." if group == "field" else f"{group}."


def chosen(text: str) -> list[str]:
    """A sentence on what a file begins with, or changes elsewhere."""
    tree = yaml.safe_load(text)
    entries = tree.get("defaults", []) if isinstance(tree, dict) else []
    told = []
    for entry in entries:
        for group, name in entry.items() if isinstance(entry, dict) else [("", entry)]:
            if name not in ("_self_", None):
                group = group.removeprefix("override ").removeprefix("/")
                told.append(f"`{group}={name}`" if group else f"`{name}`")
    return [f"Begins with {', '.join(told)}."] if told else []


def options(text: str) -> list[Option]:
    """Every option of a file, those of nested parts by their full names."""
    tree = yaml.compose(text)
    lines = text.splitlines()
    return list(_walk(tree, lines, "")) if isinstance(tree, yaml.MappingNode) else []


def _walk(tree: yaml.MappingNode, lines: list[str], before: str) -> Iterator[Option]:
    for key, value in tree.value:
        if key.value in ("defaults", "_target_", "_partial_", "_convert_"):
            continue
        name = before + key.value
        nested = isinstance(value, yaml.MappingNode) and value.value and not value.flow_style
        end = key.end_mark if nested else value.end_mark
        line = lines[end.line] if end.line < len(lines) else ""
        comment = re.search(r"\s#\s*(.*)$", line[end.column :])
        said = comment[1] if comment else ""
        if nested:
            if said:
                yield Option(name, "", said)
            yield from _walk(value, lines, f"{name}.")
        else:
            buffer = value.start_mark.buffer or ""
            default = buffer[value.start_mark.pointer : value.end_mark.pointer].strip()
            yield Option(name, re.sub(r"\s+", " ", default), said)


def table(found: list[Option], before: str) -> str:
    """A table of options."""
    if not found:
        return ""
    rows = [
        f"| `{before}{one.name}` | {coded(one.default)} | {escaped(one.comment)} |" for one in found
    ]
    return "\n".join(["| option | default | meaning |", "|---|---|---|", *rows])


def coded(text: str) -> str:
    """A default as code, where there is one."""
    return f"`{text}`".replace("|", "\\|") if text else ""


def escaped(text: str) -> str:
    """A comment as Markdown: nothing in it is markup."""
    return re.sub(r"([\\`*_{}\[\]<>|])", r"\\\1", text)

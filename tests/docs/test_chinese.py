"""The Chinese pages keep step with the English ones."""

from __future__ import annotations

import re

import pytest
from documented import DOCS, name
from small import ROOT

CHINESE = DOCS / "zh"
OWN = {CHINESE / "example.md"}  # has no English page
TRANSLATED = [page for page in sorted(CHINESE.rglob("*.md")) if page not in OWN]
PAIRS = [
    (ROOT / "README.md", ROOT / "README.zh-CN.md"),
    *((DOCS / page.relative_to(CHINESE), page) for page in TRANSLATED),
]
FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^ {4}.*", re.MULTILINE)
CODE = ("bash", "yaml", "python", "math", "text")
NUMBER = re.compile(r"(?<![\w.,-])\d[\d,]*\.?\d+(?!\w)")


def outline(text: str) -> list[int]:
    """The level of each heading."""
    return [len(marks) for marks in re.findall(r"^(#+) ", FENCE.sub("", text), re.MULTILINE)]


def code(text: str) -> list[str]:
    """What a reader copies, in order: blocks of code, indented lines, commands within a line."""
    found = [(block.start(), block[3]) for block in FENCE.finditer(text) if block[2] in CODE]
    plain = FENCE.sub(lambda block: "." * len(block[0]), text)
    found += [(line.start(), line[0]) for line in INDENTED.finditer(plain)]
    inline = re.finditer(r"(?<!`)`(python -m seqtasks[^`\n]*|pip install [^`\n]*)`(?!`)", plain)
    found += [(command.start(), command[1]) for command in inline]
    return [block.strip() for _, block in sorted(found)]


def excerpts(text: str) -> list[str]:
    """Names of the code that the site puts into a page."""
    return re.findall(r"^\[code: ([^\]]+)\]", text, re.MULTILINE)


def figures(text: str) -> list[str]:
    """Numbers of two digits and more outside of blocks, such as scores; their order is free."""
    return sorted(NUMBER.findall(re.sub(r"[(（][^)）]*[)）]|`[^`]*`", "", FENCE.sub("", text))))


def differences(english: str, chinese: str) -> list[str]:
    """In what two pages differ that must be the same."""
    parts = {"headings": outline, "code": code, "excerpts": excerpts, "figures": figures}
    return [called for called, part in parts.items() if part(english) != part(chinese)]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: name(pair[1]))
def test_headings_and_code_are_those_of_the_english_page(pair):
    english, chinese = (page.read_text(encoding="utf-8") for page in pair)
    assert outline(chinese) == outline(english)
    assert code(chinese) == code(english)
    assert excerpts(chinese) == excerpts(english)
    assert figures(chinese) == figures(english)
    assert len(outline(english)) > 3 or code(english)


def test_the_pages_are_found():
    assert len(PAIRS) >= 7
    assert all(english.is_file() for english, _ in PAIRS)


@pytest.mark.parametrize(
    ("added", "found"),
    [
        ("\n## One more\n", "headings"),
        ("\n```bash\npython -m seqtasks task=joint\n```\n", "code"),
        ("\n```yaml\nseed: 2\n```\n", "code"),
        ("\n    python -m seqtasks task=joint\n", "code"),
        ("\nTry `python -m seqtasks task=joint`.\n", "code"),
        ("\n```text\nthe dog\n```\n", "code"),
        ("\nIts accuracy is 93.7 %.\n", "figures"),
        ("\n[code: GRU.step](../seqtasks/cells/gru.py)\n", "excerpts"),
    ],
)
def test_what_the_english_page_alone_gains_is_seen(added, found):
    for english, chinese in PAIRS:
        before, after = (page.read_text(encoding="utf-8") for page in (english, chinese))
        assert found in differences(before + added, after), name(english)


def test_pages_point_at_each_other():
    first = "English | [简体中文](README.zh-CN.md)\n"
    assert (ROOT / "README.md").read_text(encoding="utf-8").startswith(first)
    assert (ROOT / "README.zh-CN.md").read_text(encoding="utf-8").startswith("[English](README.md)")


def test_chinese_stands_in_every_paragraph():
    """Nothing is left in English: a long line of prose without a Chinese character."""
    for _, page in PAIRS:
        text = FENCE.sub("", page.read_text(encoding="utf-8"))
        for line in re.sub(r"`[^`]*`|\]\([^)]*\)", "", text).splitlines():
            prose = not line.startswith((" ", "|", "<", "- ["))
            assert not (prose and len(line) > 60 and not re.search("[一-鿿]", line)), line

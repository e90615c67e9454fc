"""Sentences and their translations."""

from __future__ import annotations

from collections.abc import Mapping

from gauntlet.clean import PAIRS, SIDES
from gauntlet.oddity import Oddity, Read, Refused

DE, EN = "ein Hund\neine Katze\n", "a dog\na cat\n"
BOTH = ["a.de", "a.en"]
LICENCE = "CC-BY 2.0 (France) Attribution: tatoeba.org #538123 (CM) & #629296 (Samer)"


def files(
    de: str, en: str, values: list | None = None, says: list | None = None, **options: object
) -> Read:
    """Two files, and the pairs that are read of them."""
    return Read(
        "parallel",
        {"a.de": de, "a.en": en},
        PAIRS if values is None else values,
        SIDES,
        options,
        BOTH,
        says or [],
    )


def columns(text: str, says: list | None = None, **options: object) -> Read:
    """One file with a tab in each line, and the pairs that are read of it."""
    return Read("parallel", {"a.tsv": text}, PAIRS, SIDES, options, says=says or [])


def refused(content: Mapping[str, str], *parts: str) -> Refused:
    """Files that are refused."""
    return Refused(
        "parallel", content, parts, SIDES, source=list(content) if len(content) > 1 else None
    )


ODDITIES = [
    Oddity(
        "Files of unequal length",
        "a sentence lost by one of two tools",
        "Refused with both numbers of lines: every later pair would be wrong.",
        [refused({"a.de": DE, "a.en": EN + "a mouse\n"}, "a.de: 2 line(s)", "a.en has 3")],
    ),
    Oddity(
        "An empty line on one side",
        "Europarl, OpenSubtitles",
        "The pair is left out, counted, and its line is named; the others stay side by side.",
        [
            files("ein Hund\n\neine Katze\n", "a dog\na mouse\na cat\n", says=[["a.de:2", "1 "]]),
            files("ein Hund\neine Maus\neine Katze\n", "a dog\n  \na cat\n", says=[[":2", "1 "]]),
            columns("ein Hund\ta dog\neine Maus\t\neine Katze\ta cat\n", [["a.tsv:2", "1 "]]),
        ],
    ),
    Oddity(
        "A blank line on both sides",
        "paragraphs kept as blank lines",
        "It is no pair.",
        [files("ein Hund\n\neine Katze\n", "a dog\n\na cat\n")],
    ),
    Oddity(
        "CR LF in one file and LF in the other, no line end after one file's last line",
        "translators and their machines",
        "The files still go line by line.",
        [files(DE.replace("\n", "\r\n"), EN.rstrip("\n"))],
    ),
    Oddity(
        "A tab too many or none in some line",
        "a tab inside a sentence, a sentence not translated",
        "The line is left out, counted, and named.",
        [
            columns(
                "ein Hund\ta dog\neine\tMaus\ta mouse\neine Katze\ta cat\n",
                [["a.tsv:2", "3 column"]],
            ),
            columns("ein Hund\ta dog\neine Maus\neine Katze\ta cat\n", [["a.tsv:2", "1 column"]]),
        ],
    ),
    Oddity(
        "A third column with the source of each pair",
        "Tatoeba and Anki files, with their attribution",
        "Attributions that name a licence are left aside, and one line says so; another column is "
        "refused with the way out: the table reader without a header.",
        [
            columns(
                f"ein Hund\ta dog\t{LICENCE}\neine Katze\ta cat\t{LICENCE}\n",
                [["a.tsv:1", "licence", "2 times"]],
            ),
            columns(
                f"ein Hund\ta dog\t{LICENCE}\neine Katze\ta cat\t{LICENCE}\n",
                [["a.tsv:1", "licence", "2 times"]],
                references=True,
            ),
            refused(
                {"a.tsv": "ein Hund\ta dog\ttatoeba\neine Katze\ta cat\ttatoeba\n"},
                "a.tsv:1",
                "3 column(s)",
                "header=false",
            ),
            Read(
                "table",
                {"a.tsv": "ein Hund\ta dog\tCC-BY\n"},
                PAIRS[:1],
                {"source": 0, "target": 1},
                {"header": False},
            ),
        ],
    ),
    Oddity(
        "A tab at the end of each line",
        "spreadsheets",
        "The empty last column does not matter.",
        [columns("ein Hund\ta dog\t\neine Katze\ta cat\t\n")],
    ),
    Oddity(
        "Several files a side, one more on one of them",
        "a shard that was not downloaded",
        "Refused with both numbers of files.",
        [
            Refused(
                "parallel",
                {"1.de": DE, "2.de": DE, "1.en": EN},
                ["2 file(s)", "1 for"],
                SIDES,
                source=["*.de", "*.en"],
            )
        ],
    ),
    Oddity(
        "Entities and escapes of Moses: `&apos;`, `&#91;`, `@-@`",
        "WMT data, prepared years ago",
        "Text stays as it is written.",
        [files("it &apos;s\n", "&#91; a @-@ b\n", [("it &apos;s", "&#91; a @-@ b")])],
    ),
    Oddity(
        "White space around a sentence",
        "subtitles",
        "Text stays as it is written; the words are the same.",
        [files(" ein  Hund\n", "a dog \n", [(" ein  Hund", "a dog ")])],
    ),
]

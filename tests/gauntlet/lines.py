"""A text a line, with a label or without."""

from __future__ import annotations

from gauntlet.clean import LABELLED
from gauntlet.oddity import Oddity, Read, Refused


def read(
    text: str, values: list | None = None, says: list | None = None, **options: object
) -> Read:
    """A file and the lines that are read of it."""
    return Read(
        "lines",
        {"a.txt": text},
        LABELLED if values is None else values,
        options=options,
        says=says or [],
    )


ODDITIES = [
    Oddity(
        "A label without a text",
        "empty reviews",
        "The line is left out, counted, and named.",
        [
            read("good fine film\nbad\nbad dull film\n", says=[["a.txt:2", "1 "]]),
            read(
                "good\tfine film\nbad\t\nbad\tdull film\n", says=[["a.txt:2", "1 "]], separator="\t"
            ),
        ],
    ),
    Oddity(
        "A text without a label",
        "annotation that is not finished",
        "The line is left out, counted, and named.",
        [
            read(
                "good\tfine film\n\tso so\nbad\tdull film\n",
                says=[["a.txt:2", "1 "]],
                separator="\t",
            ),
            read(
                "fine film\tgood\nso so\t\ndull film\tbad\n",
                says=[["a.txt:2", "1 "]],
                separator="\t",
                label="last",
            ),
        ],
    ),
    Oddity(
        "A line without its separator",
        "one line written by hand",
        "The line is left out, counted, and named.",
        [
            read(
                "good\tfine film\nso so\nbad\tdull film\n", says=[["a.txt:2", "1 "]], separator="\t"
            )
        ],
    ),
    Oddity(
        "A separator that no line has",
        "commas where a tab is named",
        "Refused: nothing is left, and the option is named.",
        [
            Refused(
                "lines",
                {"a.txt": "good,fine\nbad,dull\n"},
                ["a.txt", "separator"],
                options={"separator": "\t"},
            )
        ],
    ),
    Oddity(
        "White space before the label, several spaces or a tab behind it",
        "files aligned by hand",
        "They are no part of label or text.",
        [read("  good   fine film\nbad\tdull film\n")],
    ),
    Oddity(
        "`__label__good`",
        "fastText's training files",
        "The mark of fastText is no part of the label.",
        [read("__label__good fine film\n__label__bad dull film\n")],
    ),
    Oddity(
        "A separator of several characters",
        "` +++$+++ `, `|||`, `::` in movie and news corpora",
        "It is looked for as a whole.",
        [read("good +++$+++ fine film\nbad +++$+++ dull film\n", separator=" +++$+++ ")],
    ),
    Oddity(
        "The separator again inside the text",
        "colons, tabs",
        "The first one counts, or the last where the label stands last.",
        [
            read("good: so: fine\n", [("so: fine", "good")], separator=": "),
            read("so: fine: good\n", [("so: fine", "good")], separator=": ", label="last"),
        ],
    ),
    Oddity(
        "Labels of several words",
        "`not spam`, `very good`",
        "With a separator that is named they are one label.",
        [read("not spam\tfine film\n", [("fine film", "not spam")], separator="\t")],
    ),
]

"""One small clean file for each reader, to which an oddity can be done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from gauntlet.oddity import Read

LABELLED = [("fine film", "good"), ("dull film", "bad")]
PAIRS = [("ein Hund", "a dog"), ("eine Katze", "a cat")]
TAGGED = [(["the", "cat"], ["DT", "NN"]), (["a", "dog"], ["DT", "NN"])]
SIDES = {"source": None, "target": None}
TAGS = {"tokens": None, "tags": None}
REST = "_\t_\t0\troot\t_\t_"

CLEAN = {
    "lines": Read("lines", {"a.txt": "good fine film\nbad dull film\n"}, LABELLED),
    "csv": Read("table", {"a.csv": "tokens,label\nfine film,good\ndull film,bad\n"}, LABELLED),
    "tsv": Read("table", {"a.tsv": "tokens\tlabel\nfine film\tgood\ndull film\tbad\n"}, LABELLED),
    "jsonl": Read(
        "table",
        {
            "a.jsonl": '{"tokens": "fine film", "label": "good"}\n'
            '{"tokens": "dull film", "label": "bad"}\n'
        },
        LABELLED,
    ),
    "labelled_files": Read(
        "labelled_files",
        {"good.txt": "fine film\n", "bad.txt": "dull film\n"},
        LABELLED,
        source=["good.txt", "bad.txt"],
    ),
    "pattern": Read(
        "pattern",
        {"a.txt": "good: fine film\nbad: dull film\n"},
        LABELLED,
        options={"pattern": "(?P<label>[^:]+): (?P<tokens>.+)"},
    ),
    "conll": Read("conll", {"a.conll": "the DT\ncat NN\n\na DT\ndog NN\n"}, TAGGED, TAGS),
    "conllu": Read(
        "conll",
        {
            "a.conllu": "# sent_id = 1\n"
            f"1\tthe\t_\tDT\t{REST}\n2\tcat\t_\tNN\t{REST}\n\n"
            "# sent_id = 2\n"
            f"1\ta\t_\tDT\t{REST}\n2\tdog\t_\tNN\t{REST}\n\n"
        },
        TAGGED,
        TAGS,
    ),
    "parallel": Read(
        "parallel",
        {"a.de": "ein Hund\neine Katze\n", "a.en": "a dog\na cat\n"},
        PAIRS,
        SIDES,
        source=["a.de", "a.en"],
    ),
    "pairs": Read("parallel", {"a.tsv": "ein Hund\ta dog\neine Katze\ta cat\n"}, PAIRS, SIDES),
    "babi": Read(
        "babi",
        {"a.txt": "1 Ann is in the hall.\n2 Where is Ann? \thall\t1\n"},
        [("Where is Ann ?", "hall")],
        {"question": None, "answer": None},
    ),
    "ts": Read(
        "timeseries",
        {"a.ts": "@problemName steps\n@classLabel true up down\n@data\n1,2:3,4:up\n5:6:down\n"},
        [("[[1.0, 3.0], [2.0, 4.0]]", "up"), ("[[5.0, 6.0]]", "down")],
        {"series": None, "label": None},
    ),
    "steps": Read(
        "timeseries",
        {"a.csv": "id,label,x,y\nA,up,1,3\nA,up,2,4\nB,down,5,6\n"},
        [("[[1.0, 3.0], [2.0, 4.0]]", "up"), ("[[5.0, 6.0]]", "down")],
        {"series": None, "label": None},
        options={"sequence": "id"},
    ),
}

TABLES = ("csv", "tsv", "jsonl")


def done(
    change: Callable[[str], str | bytes], names: Collection[str] = tuple(CLEAN), **others: object
) -> list[Read]:
    """The clean files with a change done to each, which must be read as if nothing were.

    Args:
        change: from a file's text to what it holds instead.
        names: of the clean files.
        others: other attributes of the checks.
    """
    return [
        replace(one, files={name: change(str(text)) for name, text in one.files.items()}, **others)
        for one in map(CLEAN.__getitem__, names)
    ]


def without(*names: str) -> Sequence[str]:
    """The names of all clean files but some."""
    return [name for name in CLEAN if name not in names]

"""JSON lines, as programs and people write them."""

from __future__ import annotations

from gauntlet.clean import LABELLED
from gauntlet.oddity import Oddity, Read, Refused

FINE = '{"tokens": "fine film", "label": "good"}\n'
DULL = '{"tokens": "dull film", "label": "bad"}\n'
JSONL = ["--format", "jsonl"]


def read(text: str, values: list, says: list | None = None) -> Read:
    """JSON lines and what is read of them."""
    return Read("table", {"a.jsonl": text}, values, says=says or [])


def refused(text: str, *parts: str) -> Refused:
    """JSON lines that are refused."""
    return Refused("table", {"a.jsonl": text}, parts)


ODDITIES = [
    Oddity(
        "Truth values and numbers as labels",
        "spam or not, ratings",
        "A label is the text that stands there: `true`, `1`, `1.0`.",
        [
            read(
                '{"tokens": "a", "label": true}\n{"tokens": "b", "label": false}\n'
                '{"tokens": "c", "label": 1}\n{"tokens": "d", "label": 1.0}\n',
                [("a", "true"), ("b", "false"), ("c", "1"), ("d", "1.0")],
            )
        ],
    ),
    Oddity(
        "A name that no object has",
        "`text` where `tokens` is looked for",
        "Refused, with the names that are there.",
        [
            refused(
                '{"text": "fine", "label": "good"}\n',
                "a.jsonl:1",
                "no column 'tokens'",
                "'text', 'label'",
            )
        ],
    ),
    Oddity(
        "Members in another order on each line, and more of them than are wanted",
        "programs that write dictionaries",
        "Members go by name.",
        [
            read(
                '{"label": "good", "tokens": "fine film"}\n'
                '{"id": 3, "tokens": "dull film", "label": "bad"}\n',
                LABELLED,
            )
        ],
    ),
    Oddity(
        "One JSON array in place of objects a line",
        "Label Studio, Doccano, `json.dump`",
        "Refused by a message that says so.",
        [
            refused("[\n" + FINE.strip() + ",\n" + DULL + "]\n", "a.jsonl:1", "one object a line"),
            Refused(
                "table", {"a.json": "[" + FINE.strip() + "]\n"}, ["a.json:1", "one object a line"]
            ),
            refused(
                '{\n  "tokens": "fine",\n  "label": "good"\n}\n',
                "a.jsonl:1",
                "several lines is not JSON lines",
            ),
        ],
    ),
    Oddity(
        "Python's own spelling: single quotes, `None`, a comma at the end",
        "`print(row)` into a file",
        "Refused at its line.",
        [
            refused(FINE + "{'tokens': 'dull', 'label': 'bad'}\n", "a.jsonl:2", "not valid JSON"),
            refused(FINE + '{"tokens": "dull", "label": "bad",}\n', "a.jsonl:2", "not valid JSON"),
            refused(FINE + DULL.strip() + ",\n", "a.jsonl:2", "not valid JSON"),
        ],
    ),
    Oddity(
        "Two objects on a line",
        "a line end that got lost between two files",
        "Refused at its line.",
        [refused(FINE.strip() + DULL, "a.jsonl:1", "not valid JSON")],
    ),
    Oddity(
        "A file that ends in the middle of an object",
        "downloads and disks that broke off",
        "Refused at its line.",
        [refused(FINE + DULL[:20], "a.jsonl:2", "not valid JSON")],
    ),
    Oddity(
        "Escapes: `\\u00e9`, two halves of an emoji, `\\/`",
        "`json.dumps` with its default, PHP",
        "They are the characters that they stand for.",
        [
            read(
                '{"tokens": "caf\\u00e9 \\ud83d\\ude00 a\\/b", "label": "good"}\n',
                [("café \U0001f600 a/b", "good")],
            )
        ],
    ),
    Oddity(
        "Numbers among the tokens of a list",
        "years in a text that was split",
        "They are tokens as they are written.",
        [
            read(
                '{"tokens": ["in", 1984, 1.50], "label": "good"}\n',
                [(["in", "1984", "1.50"], "good")],
            )
        ],
    ),
    Oddity(
        "Whole numbers of more than 64 bits",
        "ids of tweets as labels",
        "No digit is lost.",
        [
            read(
                '{"tokens": "a", "label": 123456789012345678901234567890}\n',
                [("a", "123456789012345678901234567890")],
            )
        ],
    ),
    Oddity(
        "Blank lines",
        "editors, programs that write a line end too many",
        "They are no examples.",
        [read("\n" + FINE + "\n  \n" + DULL + "\n\n", LABELLED)],
    ),
    Oddity(
        "Line ends and tabs inside a string, escaped",
        "mails, reviews",
        "They are part of the text.",
        [read('{"tokens": "fine\\nfilm\\tx", "label": "good"}\n', [("fine\nfilm\tx", "good")])],
    ),
]

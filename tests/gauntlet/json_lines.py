"""JSON lines, as programs and people write them."""

from __future__ import annotations

from gauntlet.clean import LABELLED
from gauntlet.oddity import Oddity, Predicted, Read, Refused

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
        "`null` in place of a text or a label",
        "pandas' `to_json`, annotation tools",
        "The record is left out, counted, and its line is named; in `predict` it is an error "
        "in its place.",
        [
            read(
                FINE + '{"tokens": "x", "label": null}\n{"tokens": null, "label": "bad"}\n' + DULL,
                LABELLED,
                [["a.jsonl:2", "a.jsonl:3", "2 "]],
            ),
            Predicted(
                "tagger",
                b'{"tokens": "the dog"}\n{"tokens": null}\n',
                parts=["prediction", "error"],
                arguments=JSONL,
                code=1,
            ),
        ],
    ),
    Oddity(
        "A name that some objects lack",
        "programs that leave out empty members",
        "The record is left out, counted, and its line is named.",
        [
            read(FINE + '{"tokens": "x"}\n' + DULL, LABELLED, [["a.jsonl:2", "1 "]]),
            read('{"tokens": "x"}\n' + FINE + DULL, LABELLED, [["a.jsonl:1", "1 "]]),
            Predicted(
                "tagger",
                b'{"tokens": "the dog"}\n{"text": "a"}\n',
                parts=["prediction", "error"],
                arguments=JSONL,
                code=1,
            ),
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
        "`NaN` and `Infinity`",
        "Python's `json.dumps` of a missing number",
        "It is no value: the record is left out, counted, and its line is named.",
        [read(FINE + '{"tokens": "x", "label": NaN}\n' + DULL, LABELLED, [["a.jsonl:2", "1 "]])],
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
        "One JSON array, or objects over several lines, in place of an object a line",
        "Label Studio, Doccano, `json.dump(rows, file, indent=2)`",
        "It is read as the same objects.",
        [
            read("[\n" + FINE.strip() + ",\n" + DULL + "]\n", LABELLED),
            read("[" + FINE.strip() + ", " + DULL.strip() + "]", LABELLED),
            read('{\n  "tokens": "fine film",\n  "label": "good"\n}\n', LABELLED[:1]),
            Read("table", {"a.json": "[" + FINE.strip() + "]\n"}, LABELLED[:1]),
        ],
    ),
    Oddity(
        "Python's own spelling: single quotes, a comma before the brace",
        "`print(row)` into a file",
        "Such a line is left out, counted, and named; where all are such, they are refused.",
        [
            read(
                FINE + "{'tokens': 'x', 'label': 'bad'}\n" + DULL, LABELLED, [["a.jsonl:2", "JSON"]]
            ),
            read(
                FINE + '{"tokens": "x", "label": "bad",}\n' + DULL,
                LABELLED,
                [["a.jsonl:2", "JSON"]],
            ),
            refused("{'tokens': 'x', 'label': 'bad'}\n" * 3, "a.jsonl:1", "not valid JSON"),
        ],
    ),
    Oddity(
        "A comma at the end of each line",
        "arrays taken apart by hand",
        "It does not matter, and one line says so.",
        [read(FINE.strip() + ",\n" + DULL.strip() + ",\n", LABELLED, [["a.jsonl:1", "comma"]])],
    ),
    Oddity(
        "Two objects on a line",
        "a line end that got lost between two files",
        "The line is left out, counted, and named.",
        [read(FINE + FINE.strip() + DULL + DULL, LABELLED, [["a.jsonl:2", "1 "]])],
    ),
    Oddity(
        "A file that ends in the middle of an object",
        "downloads and disks that broke off",
        "The last line is left out, counted, and named.",
        [read(FINE + DULL + DULL[:20], LABELLED, [["a.jsonl:3", "1 "]])],
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
        "Half of an emoji",
        "tweets cut off after so many characters",
        "The record is left out, counted, and its line is named; in `predict` it is an error "
        "in its place.",
        [
            read(
                FINE + '{"tokens": "x \\ud83d", "label": "bad"}\n' + DULL,
                LABELLED,
                [["a.jsonl:2", "1 "]],
            ),
            Predicted(
                "tagger",
                b'{"tokens": "the \\ud83d"}\n{"tokens": "the dog"}\n',
                parts=["error", "prediction"],
                arguments=JSONL,
                code=1,
            ),
        ],
    ),
    Oddity(
        "An object or a list of objects as a value",
        "nested exports of annotation tools",
        "Such a record cannot be an example: it is left out, counted, and its line is named.",
        [
            read(
                FINE + '{"tokens": "x", "label": {"name": "bad"}}\n' + DULL,
                LABELLED,
                [["a.jsonl:2", "an object"]],
            ),
            read(
                FINE + '{"tokens": "x", "label": [{"name": "bad"}]}\n' + DULL,
                LABELLED,
                [["a.jsonl:2"]],
            ),
        ],
    ),
    Oddity(
        "A list with an empty token, or an empty list",
        "text split at single spaces",
        "The record is left out, counted, and its line is named.",
        [
            read(
                FINE
                + '{"tokens": ["a", ""], "label": "bad"}\n{"tokens": [], "label": "bad"}\n'
                + DULL,
                LABELLED,
                [["a.jsonl:2", "2 "]],
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

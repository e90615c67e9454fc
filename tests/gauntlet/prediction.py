"""Files that are predicted on."""

from __future__ import annotations

from gauntlet.oddity import Oddity, Predicted

TSV, CSV, JSONL = ["--format", "tsv"], ["--format", "csv"], ["--format", "jsonl"]


ODDITIES = [
    Oddity(
        "Empty and blank lines",
        "editors",
        "An empty prediction stands in the place of each, so that output and input stay side "
        "by side.",
        [Predicted("tagger", b"the dog\n\n  \nthe cat\n", parts=[" ", "", "", " "])],
    ),
    Oddity(
        "An empty file",
        "a query without a result",
        "The output is empty, too.",
        [Predicted("tagger", b"", parts=[]), Predicted("tagger", b"", parts=[], arguments=JSONL)],
    ),
    Oddity(
        "Bytes that are no UTF-8 in one line of many",
        "logs",
        "An error in its place; the others have their predictions, and the exit code is 1.",
        [
            Predicted(
                "tagger",
                b"the dog\n\xff\xfe\nthe cat\n",
                parts=[None, "error: input:2: not valid utf-8", None],
                code=1,
                error=["1 record"],
            ),
            Predicted(
                "tagger",
                b"tokens\nthe dog\n\xff\n",
                parts=["tokens", None, "input:3: not valid utf-8"],
                arguments=TSV,
                code=1,
            ),
        ],
    ),
    Oddity(
        "Quotes in a TSV file",
        "dumps",
        "They are characters like any other.",
        [
            Predicted(
                "tagger",
                b'id\ttokens\n1\t"the dog\n',
                parts=["id\ttokens\tprediction\terror", '1\t"the dog\t'],
                arguments=TSV,
            )
        ],
    ),
    Oddity(
        "A column of another name",
        "the user's own table",
        "Refused with the columns that there are; `--column` names the one.",
        [
            Predicted(
                "tagger",
                b"id\ttext\n1\tthe dog\n",
                parts=[],
                arguments=TSV,
                code=1,
                error=["no column 'tokens'", "'id', 'text'"],
            ),
            Predicted(
                "tagger",
                b"id\ttext\n1\tthe dog\n",
                parts=["id\ttext\tprediction", "1\tthe dog\t"],
                arguments=[*TSV, "--column", "tokens=text"],
            ),
        ],
    ),
    Oddity(
        "A column that is called `prediction` or `error` already",
        "predictions on predictions",
        "Refused: `--name` gives another name.",
        [
            Predicted(
                "tagger",
                b"tokens\tprediction\nthe dog\tx\n",
                parts=[],
                arguments=TSV,
                code=1,
                error=["'prediction'"],
            )
        ],
    ),
    Oddity(
        "JSON that is none, in one line of many",
        "logs",
        "An error in its place.",
        [
            Predicted(
                "tagger",
                b'{"tokens": "the dog"}\n{"tokens": \n[1]\n',
                parts=["prediction", "not valid JSON", "no JSON object"],
                arguments=JSONL,
                code=1,
                error=["2 record"],
            )
        ],
    ),
    Oddity(
        "Fields of numbers, `null` and objects beside the text",
        "records of a database",
        "They come out as they went in.",
        [
            Predicted(
                "tagger",
                b'{"id": 1.50, "tokens": "the dog", "x": {"y": null}}\n',
                parts=['"tokens": "the dog", "x": {"y": null}'],
                arguments=JSONL,
            )
        ],
    ),
    Oddity(
        "A list of tokens in place of a text",
        "text that is tokenised already",
        "Each is a token, with a tag of its own.",
        [
            Predicted(
                "tagger",
                b'{"tokens": ["New York", "sees"]}\n',
                parts=['"prediction": ['],
                arguments=JSONL,
            )
        ],
    ),
    Oddity(
        "A tab in the text of a model with one input",
        "text copied from a table",
        "It is white space.",
        [Predicted("tagger", b"the\tdog sees\n", like=b"the dog sees\n")],
    ),
    Oddity(
        "More lines than fit in memory, the last one broken off",
        "a pipe that was closed",
        "Lines are answered as they come; the last one counts.",
        [Predicted("classifier", b"the dog\n" * 2500 + b"the c", parts=[None] * 2501)],
    ),
    Oddity(
        "NUL and other control characters in a text",
        "logs, terminals",
        "They are characters like any other; the line has its prediction.",
        [Predicted("tagger", b"the \0dog \x1b[31m sees\n", parts=[" "])],
    ),
    Oddity(
        "A line of a million characters",
        "base64, a file without line ends",
        "It is one word: its line has its prediction.",
        [Predicted("classifier", b"x" * 1_000_000 + b"\nthe dog\n", parts=[None, None])],
    ),
    Oddity(
        "More inputs or fewer than the model has",
        "pairs of sentences with a tab that got lost",
        "An error in its place, with what was expected.",
        [
            Predicted(
                "pairs",
                b"a dog\ta cat\na dog\na\tb\tc\n",
                parts=[None, "input:2: 1 column found, 2 expected", "input:3: 3 columns found"],
                code=1,
                error=["2 record"],
            )
        ],
    ),
]

"""Files that are predicted on."""

from __future__ import annotations

from gauntlet.oddity import Oddity, Predicted

SCORES = ["--scores"]
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
        "A header and nothing below it",
        "a query without a result",
        "The output is the header of the output.",
        [
            Predicted(
                "tagger", b"id\ttokens\n", parts=["id\ttokens\tprediction\terror"], arguments=TSV
            )
        ],
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
        "Line ends, commas, quotes inside a cell",
        "Excel",
        "The row is read and written as a row.",
        [
            Predicted(
                "tagger",
                b'id,tokens\n1,"the dog, sees\nthe ""cat"""\n2,a dog\n',
                parts=[
                    "id,tokens,prediction,error",
                    '1,"the dog, sees',
                    'the ""cat""",',
                    "2,a dog,",
                ],
                arguments=CSV,
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
        "Rows that are too short or too long, empty cells",
        "spreadsheets",
        "An error in the row's place.",
        [
            Predicted(
                "tagger",
                b"id\ttokens\n1\n2\tthe dog\n3\t\n4\ta\tb\n",
                parts=["id\ttokens", "\t\t", "2\tthe dog\t", "empty", "3 column"],
                arguments=TSV,
                code=1,
                error=["3 record"],
            ),
            Predicted(
                "tagger",
                b"id,tokens\n2,the dog\n3,\n",
                parts=["id,tokens", "2,the dog,", "3,,,"],
                arguments=CSV,
                code=1,
                error=["1 record"],
            ),
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
    Oddity(
        "UTF-16, with a mark or without",
        "Excel's *Unicode Text*, `>` in Windows PowerShell 5",
        "It is read as such, one line says so, and the output is UTF-8.",
        [
            Predicted(
                "tagger",
                "the dog\nthe cat\n".encode(encoding),
                like=b"the dog\nthe cat\n",
            )
            for encoding in ("utf-16", "utf-16-le", "utf-16-be")
        ],
    ),
    Oddity(
        "One JSON array in place of objects a line",
        "`json.dump`",
        "An error in its place, since each line of the output answers one of the input.",
        [
            Predicted(
                "tagger",
                b'[{"tokens": "the dog"}]\n',
                parts=["write one a line"],
                arguments=JSONL,
                code=1,
                error=["1 record"],
            )
        ],
    ),
    Oddity(
        "A quote that is never closed, in a table that is predicted on",
        "an inch sign at the start of a cell",
        "An error in the place of the rows that it swallows, with their lines.",
        [
            Predicted(
                "tagger",
                b'tokens,id\nthe cat,0\n"the dog,1\nthe cat,2\n',
                parts=["tokens,id", "the cat,0,", "input:3: not valid CSV up to line 4"],
                arguments=CSV,
                code=1,
                error=["1 record"],
            )
        ],
    ),
    Oddity(
        "Probabilities beside the rows of a table, with a row that cannot be used",
        "the table that goes back to a spreadsheet",
        "A column for each label; the bad row has empty cells and its error.",
        [
            Predicted(
                "classifier",
                b"tokens,x\nthe dog,1\n,2\n",
                parts=["tokens,x,prediction,p_", "the dog,1,", ",2,,"],
                arguments=[*CSV, *SCORES],
                code=1,
                error=["1 record"],
            )
        ],
    ),
]

"""Labels: classes, sets of labels, orders, numbers."""

from __future__ import annotations

from gauntlet.oddity import Oddity, Prepared, Trained

LINES = ["task=classification", "data=lines", "data.train=train.txt"]
TABLE = ["task=classification", "data=table", "data.train=train.csv"]
HEAD = "tokens,label\n"
MANY = "good fine film\nbad dull film\n" * 20
ROWS = "fine film,good\ndull film,bad\n" * 20
SETS = [*TABLE, "task/head=multi_label", "field@data.label=labels"]
TOPICS = HEAD + 'a film,"film,art"\na song,art\na film song,film\n' * 10
ORDER = [*LINES, "task/head=ordinal", "data.label.order=[bad,middling,good]"]
NUMBER = [*TABLE, "task/head=regression", "field@data.label=number"]
ODD = ["no", "on", "off", "1e3", "007", "~", "true", "1.0"]
PRICES = HEAD + "fine film,3.5\ndull film,1\n" * 20


ODDITIES = [
    Oddity(
        "A label that stands in the test or validation file alone",
        "ATIS intents, and any data set split by date",
        "The examples stay and count as errors in every score; one line says which labels, "
        "how many, and where first.",
        [
            Prepared(
                [*LINES, "data.test=test.txt"],
                {"train.txt": MANY, "test.txt": "good fine\nugly what\nugly that\nbad dull\n"},
                [["ugly", "test.txt:2", "2"]],
                {"test": 4},
                {"label": ["good", "bad"]},
                {"label": ["ugly"]},
            ),
            Prepared(
                [*LINES, "data.val=val.txt"],
                {"train.txt": MANY, "val.txt": "good fine\nugly what\n"},
                [["ugly", "val.txt:2", "1"]],
                {"val": 2},
                lacks={"label": ["ugly"]},
            ),
            Prepared(
                [*SETS, "data.test=test.csv"],
                {"train.csv": TOPICS, "test.csv": HEAD + 'a dance,"art,dance"\na film,film\n'},
                [["dance", "test.csv:2", "1"]],
                {"test": 2},
                lacks={"label": ["dance"]},
            ),
        ],
    ),
    Oddity(
        "A label with a single example",
        "TREC's finer questions, any long tail",
        "Where a part is split off, the only example stays in training.",
        [
            Prepared(
                [*LINES, f"data.split_seed={seed}"],
                {"train.txt": MANY + "ugly what\n"},
                [["ugly", "one training example"]],
                vocabulary={"label": ["ugly"]},
            )
            for seed in range(3)
        ]
        + [
            Prepared(
                [*LINES, "data.folds=4", f"data.fold={fold}"],
                {"train.txt": MANY + "ugly what\n"},
                [["ugly", "every fold"], ["ugly", "one training example"]],
                vocabulary={"label": ["ugly"]},
            )
            for fold in range(2)
        ],
    ),
    Oddity(
        "A rare label",
        "complaints among reviews",
        "Every part that is split off has its share of each label.",
        [
            Prepared(
                [*LINES, f"data.split_seed={seed}"],
                {"train.txt": MANY * 2 + "ugly what\n" * 10},
                [],
                {"train": 72, "val": 9, "test": 9},
                {"label": ["ugly"]},
            )
            for seed in range(2)
        ],
    ),
    Oddity(
        "A limit that leaves a label out of training",
        "`data.limit=20` to try something quickly",
        "Examples of each label are drawn in its share, and an only example stays.",
        [
            Prepared(
                [*LINES, "data.limit=12", f"data.split_seed={seed}"],
                {"train.txt": MANY + "ugly what\n"},
                [["ugly"]],
                {"train": 12},
                {"label": ["ugly", "good", "bad"]},
            )
            for seed in range(3)
        ],
    ),
    Oddity(
        "One label for all",
        "the wrong column, a filter too many",
        "Refused: nothing can be learnt from one label.",
        [
            Prepared(
                LINES,
                {"train.txt": "good fine film\n" * 30},
                refused=["1 distinct labels", "label"],
            )
        ],
    ),
    Oddity(
        "Every example with a label of its own",
        "the column of ids taken for the labels",
        "Refused, or one line that says how many labels have one example.",
        [
            Prepared(
                [*LINES, "data.val=val.txt", "data.test=val.txt"],
                {
                    "train.txt": "".join(f"l{n} fine film\n" for n in range(30)),
                    "val.txt": "l1 fine film\n",
                },
                [["30 labels with one training example"]],
            )
        ],
    ),
    Oddity(
        "Labels that differ in upper and lower case alone",
        "several annotators",
        "They are labels of their own, and one line names them.",
        [
            Prepared(
                LINES,
                {"train.txt": MANY + "Good fine film\n" * 9},
                [["Good", "good"]],
                vocabulary={"label": ["Good", "good"]},
            )
        ],
    ),
    Oddity(
        "Labels that differ in white space inside alone",
        "several annotators",
        "They are labels of their own, and one line names them.",
        [
            Prepared(
                TABLE,
                {"train.csv": HEAD + ROWS + "so so,not good\nso so,not  good\n" * 9},
                [["not good", "not  good"]],
            )
        ],
    ),
    Oddity(
        "White space around a label",
        "tables that people align",
        "It is no part of the label.",
        [
            Prepared(
                TABLE,
                {"train.csv": HEAD + ROWS + "fine film, good\ndull film,bad \n" * 9},
                [],
                vocabulary={"label": ["good", "bad"]},
                lacks={"label": [" good", "bad "]},
            )
        ],
    ),
    Oddity(
        "`5` beside `5.0`",
        "pandas, which makes floats of a column with an empty cell",
        "They are labels of their own, and one line names them.",
        [
            Prepared(
                TABLE,
                {"train.csv": HEAD + "a,5\nb,4\nc,5.0\n" * 12},
                [["5.0", "5"]],
                vocabulary={"label": ["5", "5.0"]},
            )
        ],
    ),
    Oddity(
        "Dozens of labels that are all numbers",
        "prices and ages taken for classes",
        "They are learnt as classes, and one line tells how to predict a number.",
        [
            Prepared(
                [*LINES, "data.val=val.txt", "data.test=val.txt"],
                {
                    "train.txt": "".join(f"{n} fine film\n" * 2 for n in range(30)),
                    "val.txt": "1 fine film\n",
                },
                [["all numbers", "task/head=regression"]],
            )
        ],
    ),
    Oddity(
        "An empty label among several: `art,,film`, `art,`",
        "lists made by joining cells",
        "It is no label; the others stay.",
        [
            Prepared(
                SETS,
                {"train.csv": TOPICS + 'a song,"art,,film"\na song,"art,"\n'},
                vocabulary={"label": ["art", "film"]},
                lacks={"label": [""]},
            )
        ],
    ),
    Oddity(
        "The same label twice in one set",
        "tags that people type",
        "A set has it once.",
        [
            Prepared(
                SETS,
                {"train.csv": TOPICS + 'a song,"art,art"\n' * 9},
                vocabulary={"label": ["art", "film"]},
            )
        ],
    ),
    Oddity(
        "An example with no label of a set",
        "articles without a tag",
        "With `data.label.none` a word or an empty cell means no label.",
        [
            Prepared(
                [*SETS, "data.label.none=nothing"],
                {"train.csv": TOPICS + "a dance,nothing\n"},
                [],
                lacks={"label": ["nothing"]},
            ),
            Prepared(
                [*SETS, "data.label.none=''"],
                {"train.csv": TOPICS + "a dance,\n"},
                [],
                lacks={"label": [""]},
            ),
        ],
    ),
    Oddity(
        "A label that is not in the order given",
        "a new mark on the scale",
        "Refused with the order: it would be learnt as a place on the scale that it has not.",
        [
            Prepared(
                ORDER,
                {"train.txt": MANY + "ugly what\n"},
                refused=["train.txt:41", "ugly", "order"],
            )
        ],
    ),
    Oddity(
        "A number that is none: `N/A`, `12 %`",
        "spreadsheets",
        "The example is left out, counted, and its line is named.",
        [
            Prepared(
                [*NUMBER, "data.val=val.csv", "data.test=val.csv"],
                {
                    "train.csv": PRICES + 'so so,N/A\nso so,12 %\nso so,"1,5"\n',
                    "val.csv": HEAD + "fine film,3\n",
                },
                [
                    [
                        "2 of 43",
                        "'N/A'",
                        "train.csv:42",
                        "'12 %'",
                        "train.csv:43",
                    ]
                ],
            ),
            Prepared(
                [*NUMBER, "data.missing=error", "data.val=val.csv", "data.test=val.csv"],
                {
                    "train.csv": PRICES + "so so,N/A\nso so,12 %\n",
                    "val.csv": HEAD + "fine film,3\n",
                },
                refused=["train.csv:42", "train.csv:43"],
            ),
        ],
    ),
    Oddity(
        "A file too small to be split",
        "the first ten examples somebody annotated",
        "Refused by a message that names the split and the options for files of one's own.",
        [Prepared(LINES, {"train.txt": "good a b\nbad b c\n"}, refused=["too little to split"])],
    ),
    Oddity(
        "Labels that YAML or JSON would take for something else: `no`, `on`, `1e3`, `007`, `~`",
        "codes of countries, yes and no, ratings",
        "They are texts everywhere, also in the saved model.",
        [
            Trained(
                [*LINES, "data.val=train.txt", "data.test=train.txt"],
                {"train.txt": "".join(f"{label} fine film\n" for label in ODD) * 8},
                given=b"fine film\ndull film\n",
                lines=2,
                answers=ODD,
                evaluated=True,
            )
        ],
    ),
    Oddity(
        "Line ends and tabs inside a label",
        "cells of a spreadsheet",
        "A prediction stays on its line.",
        [
            Trained(
                [*TABLE, "data.val=train.csv", "data.test=train.csv"],
                {"train.csv": HEAD + 'fine film,"very\ngood"\ndull film,"very\tbad"\n' * 15},
                given=b"fine film\ndull film\n",
                lines=2,
                answers=["very\\ngood", "very\tbad"],
            )
        ],
    ),
    Oddity(
        "A label with a comma, a quote, an equals sign, a brace",
        "categories such as `Home, Garden`",
        "It is one label.",
        [
            Trained(
                [*TABLE, "data.val=train.csv", "data.test=train.csv"],
                {"train.csv": HEAD + 'fine film,"Home, Garden"\ndull film,"a=""b"" {c}"\n' * 15},
                given=b"fine film\n",
                lines=1,
                answers=["Home, Garden", 'a="b" {c}'],
            )
        ],
    ),
    Oddity(
        "A decimal comma: `1,5`",
        "spreadsheets in most of Europe",
        "It is a decimal point.",
        [
            Prepared(
                [*NUMBER, "data.val=val.csv", "data.test=val.csv"],
                {
                    "train.csv": PRICES + 'so so,"1,5"\n',
                    "val.csv": HEAD + "fine film,3\n",
                },
                counts={"train": 41},
            )
        ],
    ),
]

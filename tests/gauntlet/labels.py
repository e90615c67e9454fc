"""Labels: classes, sets of labels, orders, numbers."""

from __future__ import annotations

from gauntlet.oddity import Oddity, Prepared

LINES = ["task=classification", "data=lines", "data.train=train.txt"]
TABLE = ["task=classification", "data=table", "data.train=train.csv"]
HEAD = "tokens,label\n"
MANY = "good fine film\nbad dull film\n" * 20
ROWS = "fine film,good\ndull film,bad\n" * 20
SETS = [*TABLE, "task/head=multi_label", "field@data.label=labels"]
TOPICS = HEAD + 'a film,"film,art"\na song,art\na film song,film\n' * 10
ORDER = [*LINES, "task/head=ordinal", "data.label.order=[bad,middling,good]"]
NUMBER = [*TABLE, "task/head=regression", "field@data.label=number"]
PRICES = HEAD + "fine film,3.5\ndull film,1\n" * 20


ODDITIES = [
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
                [["ugly"]],
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
        "A file too small to be split",
        "the first ten examples somebody annotated",
        "Refused by a message that names the split and the options for files of one's own.",
        [Prepared(LINES, {"train.txt": "good a b\nbad b c\n"}, refused=["too little to split"])],
    ),
]

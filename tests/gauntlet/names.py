"""Names of files, of folders and of columns."""

from __future__ import annotations

from gauntlet.clean import LABELLED
from gauntlet.oddity import Oddity, Prepared, Read, Refused

LINES = ["task=classification", "data=lines"]
TABLE = ["task=classification", "data=table", "data.train=a.csv"]
MANY = "good fine film\nbad dull film\n" * 20
NAMES = [
    "reviews (1).txt",
    "größe.txt",
    "文本.txt",
    "a=b.txt",
    "train[1].txt",
    "it's.txt",
    "#1.txt",
    "{x}.txt",
    "a & b;c.txt",
    "~x.txt",
    "two  spaces.txt",
    "null.txt",
    "1.txt",
]
COLUMNS = ["Review Text (cleaned)", "文本", "größe", "a=b", "text.en", "it's", "@text", "50%"]

ODDITIES = [
    Oddity(
        "Names of files with spaces, brackets, quotes, umlauts, signs",
        "`reviews (1).csv`, as browsers name a second download",
        "They are read as they are typed; only a comma wants quotes, since it parts several "
        "values.",
        [
            *(
                Prepared([*LINES, f"data.train={name}"], {name: MANY}, counts={"train": 32})
                for name in NAMES
            ),
            Prepared(
                [*LINES, "data.train=[größe.txt,reviews (1).txt]"],
                {"größe.txt": MANY, "reviews (1).txt": MANY},
                counts={"train": 64},
            ),
            Prepared(
                [*LINES, "data.train=a,b.txt"], {"a,b.txt": MANY}, refused=["quote the value"]
            ),
            Prepared([*LINES, "data.train='a,b.txt'"], {"a,b.txt": MANY}, counts={"train": 32}),
        ],
    ),
    Oddity(
        "Names of columns with spaces, brackets, dots, other letters",
        "surveys, spreadsheets",
        "They are typed as they stand in the header.",
        [
            Prepared(
                [*TABLE, f"data.tokens.column={name}"],
                {"a.csv": f"{name},label\n" + "fine film,good\ndull film,bad\n" * 20},
                counts={"train": 32},
            )
            for name in COLUMNS
        ],
    ),
    Oddity(
        "Suffixes in capitals: `.CSV`, `.TSV`, `.JSONL`, `.CONLLU`",
        "cameras, old Windows programs",
        "They mean the same.",
        [
            Read("table", {"A.CSV": "tokens,label\nfine film,good\n"}, LABELLED[:1]),
            Read("table", {"A.Tsv": "tokens\tlabel\nfine film\tgood\n"}, LABELLED[:1]),
            Read("table", {"A.JSONL": '{"tokens": "fine film", "label": "good"}\n'}, LABELLED[:1]),
            Read(
                "conll",
                {"A.CONLLU": "# a\n1\tthe\t_\tDT\t_\t_\t0\troot\t_\t_\n"},
                [(["the"], ["DT"])],
                {"tokens": None, "tags": None},
            ),
        ],
    ),
    Oddity(
        "A folder in place of a file",
        "`data.train=data/`",
        "Refused, with a file of the folder and a glob to take all.",
        [Refused("table", {"d/a.csv": "x"}, ["d: a folder", "d/a.csv", "d/*.csv"], source="d")],
    ),
    Oddity(
        "A name that is misspelt, or a glob that matches nothing",
        "typing",
        "Refused, with the name that is meant and the folder that was looked in.",
        [
            Refused(
                "lines", {"train.txt": MANY}, ["trian.txt", "Did you mean"], source="trian.txt"
            ),
            Refused("lines", {"train.txt": MANY}, ["*.csv: no file matches"], source="*.csv"),
        ],
    ),
    Oddity(
        "Files of one glob whose columns stand in another order",
        "exports of several years",
        "Each file's own header tells.",
        [
            Read(
                "table",
                {
                    "1.csv": "tokens,label\nfine film,good\n",
                    "2.csv": "id,label,tokens\n7,bad,dull film\n",
                },
                LABELLED,
                source="*.csv",
            )
        ],
    ),
    Oddity(
        "One file of many that is empty",
        "a part of an export that had nothing",
        "It is passed over, and one line says so.",
        [
            Read(
                "table",
                {"1.csv": "tokens,label\nfine film,good\n", "2.csv": ""},
                LABELLED[:1],
                source="*.csv",
                says=[["2.csv", "nothing to read"]],
            )
        ],
    ),
    Oddity(
        "One file of many that lacks a column",
        "a part of an export of another version",
        "Refused by that file's name.",
        [
            Refused(
                "table",
                {"1.csv": "tokens,label\nfine,good\n", "2.csv": "text,label\ndull,bad\n"},
                ["2.csv:", "no column 'tokens'"],
                source="*.csv",
            )
        ],
    ),
]

"""CSV and TSV, as spreadsheets, databases and people write them."""

from __future__ import annotations

from gauntlet.clean import LABELLED
from gauntlet.oddity import Oddity, Read, Refused

HEAD = "tokens,label\n"
TABLE = ["task=classification", "data=table", "data.train=a.csv"]
MANY = HEAD + "fine film,good\ndull film,bad\n" * 20


def table(text: str, values: list, says: list | None = None, **options: object) -> Read:
    """A CSV file and what is read of it."""
    return Read("table", {"a.csv": text}, values, options=options, says=says or [])


ODDITIES = [
    Oddity(
        "Doubled quotes inside a quoted cell, single quotes, quotes in the middle of a bare cell",
        "dialogue, inches",
        "They are the characters that they stand for.",
        [
            table(
                HEAD + '"a ""fine"" film",good\n5" disk\'s fine,good\n\'fine\',bad\n',
                [('a "fine" film', "good"), ("5\" disk's fine", "good"), ("'fine'", "bad")],
            )
        ],
    ),
    Oddity(
        "Quotes escaped by a backslash",
        "MySQL's `SELECT INTO OUTFILE`, old PHP",
        "Refused at its line, not read with half a cell.",
        [
            Refused(
                "table",
                {"a.csv": HEAD + 'fine,good\n"say \\"fine\\" now",bad\n'},
                ["a.csv:3", "not valid CSV"],
            )
        ],
    ),
    Oddity(
        "A quote that is never closed",
        "an inch sign at the start of a cell",
        "Refused at the line where the quote opens, not at the end of the file.",
        [
            Refused(
                "table",
                {"a.csv": HEAD + 'fine,good\n"dull,bad\n' + "fine,good\n" * 50},
                ["a.csv:3", "not valid CSV", "close the quotes"],
            )
        ],
    ),
    Oddity(
        "Quotes in a TSV file",
        "GLUE, Wikipedia dumps",
        "They are characters like any other.",
        [
            Read(
                "table",
                {"a.tsv": 'tokens\tlabel\n"fine film\tgood\nsay "fine"\tbad\n'},
                [('"fine film', "good"), ('say "fine"', "bad")],
            )
        ],
    ),
    Oddity(
        "A cell that is longer than 131,072 characters",
        "whole books or pages in a column",
        "It is read.",
        [table(HEAD + "fine " * 40_000 + ",good\n", [("fine " * 40_000, "good")])],
    ),
    Oddity(
        "Blank lines between rows",
        "editors",
        "They are no examples.",
        [table(HEAD + "\nfine film,good\n\n   \ndull film,bad\n", LABELLED)],
    ),
    Oddity(
        "A first column without a name",
        "pandas' `to_csv` with its index",
        "It is left aside, and the others go by name.",
        [table(",tokens,label\n0,fine film,good\n1,dull film,bad\n", LABELLED)],
    ),
    Oddity(
        "White space around the names of columns",
        "tables that people align",
        "It is no part of the names.",
        [table("tokens , label\nfine film,good\ndull film,bad\n", LABELLED)],
    ),
    Oddity(
        "Names of columns in other letters: `Label`, `LABEL`",
        "every second data set",
        "Refused with the name that is meant.",
        [
            Refused(
                "table",
                {"a.csv": "Tokens,Label\nfine,good\n"},
                ["a.csv:", "no column 'tokens'", "Did you mean 'Tokens'?"],
            )
        ],
    ),
    Oddity(
        "The same name twice in the header",
        "joins of tables",
        "Refused, since nobody can tell which is meant.",
        [
            Refused(
                "table",
                {"a.csv": "tokens,label,label\nfine,good,bad\n"},
                ["a.csv:1", "'label' is there twice"],
            )
        ],
    ),
    Oddity(
        "No header",
        "Kaggle's older data sets, AG News",
        "Refused with the option; with it columns go by number.",
        [
            Refused(
                "table",
                {"a.csv": "fine film,good\ndull film,bad\n"},
                ["a.csv:", "no column 'tokens'", "reader.header=false"],
            ),
            Read(
                "table",
                {"a.csv": "fine film,good\ndull film,bad\n"},
                LABELLED,
                {"tokens": 0, "label": -1},
                {"header": False},
            ),
        ],
    ),
    Oddity(
        "A header and nothing below it",
        "queries without a result",
        "Refused, since there is nothing to learn from.",
        [Refused("table", {"a.csv": HEAD}, ["a.csv: no rows of data"])],
    ),
    Oddity(
        "Every cell of a column is empty",
        "the wrong column, data without labels",
        "Refused: nothing is left.",
        [Refused("table", {"a.csv": HEAD + "fine film,\ndull film,\n"}, ["a.csv", "label"])],
    ),
    Oddity(
        "HTML in cells: `&amp;`, `<br />`",
        "scraped reviews, IMDb",
        "Text stays as it is written.",
        [table(HEAD + "fine &amp; dull<br />film,good\n", [("fine &amp; dull<br />film", "good")])],
    ),
    Oddity(
        "Numbers as labels, with zeros before them or behind a point",
        "codes, ratings that a spreadsheet made floats of",
        "A label is the text that stands there.",
        [table(HEAD + "a,007\nb,7\nc,7.0\n", [("a", "007"), ("b", "7"), ("c", "7.0")])],
    ),
    Oddity(
        "A line that ends inside a quoted cell in CR LF",
        "mails on Windows",
        "Rows stay whole.",
        [table('tokens,label\r\n"fine\r\nfilm",good\r\n', [("fine\nfilm", "good")])],
    ),
]

"""CSV and TSV, as spreadsheets, databases and people write them."""

from __future__ import annotations

from gauntlet.clean import LABELLED
from gauntlet.oddity import Oddity, Predicted, Prepared, Read, Refused

HEAD = "tokens,label\n"
TABLE = ["task=classification", "data=table", "data.train=a.csv"]
MANY = HEAD + "fine film,good\ndull film,bad\n" * 20


def table(text: str, values: list, says: list | None = None, **options: object) -> Read:
    """A CSV file and what is read of it."""
    return Read("table", {"a.csv": text}, values, options=options, says=says or [])


ODDITIES = [
    Oddity(
        "Excel's first line `sep=;`",
        "files written for Excel by web services",
        "The line is no header: it tells the character between the cells.",
        [
            table("sep=;\ntokens;label\nfine film;good\ndull film;bad\n", LABELLED),
            table("\ufeffsep=,\r\ntokens,label\r\nfine film,good\r\ndull film,bad\r\n", LABELLED),
            table("sep=\t\ntokens\tlabel\nfine film\tgood\ndull film\tbad\n", LABELLED),
            Predicted(
                "tagger",
                b"sep=;\ntokens;id\nthe dog;1\n",
                parts=["sep=;", "tokens;id;prediction;error", "the dog;1;"],
                arguments=["--format", "csv"],
            ),
        ],
    ),
    Oddity(
        "Semicolons between the cells of a CSV file",
        "Excel where the comma is the decimal mark: most of Europe",
        "The header tells: where it has semicolons and no comma, they stand between the cells, "
        "and one line says so.",
        [
            table(
                "tokens;label\nfine, fine film;good\ndull film;bad\n",
                [("fine, fine film", "good"), LABELLED[1]],
                [["a.csv", "semicolon", "reader.delimiter"]],
            ),
            table("tokens;label\nfine film;good\ndull film;bad\n", LABELLED, delimiter=";"),
            table("tokens,label\nfine; film,good\n", [("fine; film", "good")]),
            Predicted(
                "tagger",
                b"tokens;id\nthe dog;1\n",
                parts=["tokens;id;prediction;error", "the dog;1;"],
                arguments=["--format", "csv"],
            ),
        ],
    ),
    Oddity(
        "Tabs between the cells of a file named `.csv`",
        "exports renamed by hand",
        "The header tells.",
        [table("tokens\tlabel\nfine film\tgood\ndull film\tbad\n", LABELLED, [["a.csv", "tab"]])],
    ),
    Oddity(
        "Commas between the cells of a file named `.tsv`",
        "exports renamed by hand",
        "The header tells, and one line says so.",
        [
            Read(
                "table",
                {"a.tsv": HEAD + "fine film,good\n"},
                LABELLED[:1],
                says=[["a.tsv", "comma"]],
            )
        ],
    ),
    Oddity(
        "A table with a suffix that tells nothing: `.txt`, `.data`, none",
        "exports of statistics programs",
        "Refused with the option that tells.",
        [
            Refused(
                "table", {"a.txt": HEAD + "fine film,good\n"}, ["a.txt", "'.txt'", "reader.format"]
            ),
            Refused("table", {"a": HEAD + "fine film,good\n"}, ["a: ", "reader.format"]),
            Read(
                "table",
                {"a.txt": HEAD + "fine film,good\n"},
                LABELLED[:1],
                options={"format": "csv"},
            ),
        ],
    ),
    Oddity(
        "A line end inside a quoted cell",
        "reviews and mails with paragraphs",
        "It is part of the cell, and later lines keep their numbers.",
        [
            table(
                HEAD + '"fine\nfilm",good\ndull film,bad\n', [("fine\nfilm", "good"), LABELLED[1]]
            ),
            Prepared(
                TABLE,
                {"a.csv": HEAD + '"fine\nfilm",good\n,bad\n' + MANY[len(HEAD) :]},
                [["a.csv:4"]],
            ),
        ],
    ),
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
        "They are quotes, and one line says so.",
        [
            table(
                HEAD + 'fine,good\n"say \\"fine\\" now",bad\n',
                [("fine", "good"), ('say "fine" now', "bad")],
                [["a.csv", "backslash"]],
            )
        ],
    ),
    Oddity(
        'A backslash before the quote that closes a cell: `"C:\\dir\\"`',
        "paths of Windows, formulas in LaTeX",
        "It is a backslash, and the cell ends.",
        [
            table(
                HEAD + '"C:\\dir\\",good\n"a\\b, c\\",bad\n',
                [("C:\\dir\\", "good"), ("a\\b, c\\", "bad")],
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
        "A comma or a tab too many in some row",
        "a text with a comma that nobody quoted",
        "The row is left out, counted, and its line is named.",
        [
            table(
                HEAD + "fine film,good\nfine, but long,good\ndull film,bad\n",
                LABELLED,
                [["a.csv:3", "3 column", "1 "]],
            ),
            Read(
                "table",
                {"a.tsv": "tokens\tlabel\nfine film\tgood\nfine\tx\tgood\ndull film\tbad\n"},
                LABELLED,
                says=[["a.tsv:3", "3 column"]],
            ),
        ],
    ),
    Oddity(
        "Rows that are too short",
        "spreadsheets that leave out empty cells at the end",
        "A row without a value that is needed is left out, counted, and its line is named.",
        [table(HEAD + "fine film,good\nso so\ndull film,bad\n", LABELLED, [["a.csv:3", "1 "]])],
    ),
    Oddity(
        "Empty last columns",
        "Excel, after columns were cleared",
        "They do not matter, whether the header has them or not.",
        [
            table("tokens,label,,\nfine film,good,,\ndull film,bad,,\n", LABELLED),
            table("tokens,label\nfine film,good,,\ndull film,bad,\n", LABELLED),
            table("tokens,label,note,\nfine film,good\ndull film,bad,,\n", LABELLED),
        ],
    ),
    Oddity(
        "Rows of nothing but commas",
        "Excel, below the data",
        "They are no examples, and one line counts them.",
        [
            table(
                HEAD + "fine film,good\n,\ndull film,bad\n,\n,\n", LABELLED, [["3 of 5", "a.csv:3"]]
            )
        ],
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
        "Columns whose names are numbers",
        "pandas' `to_csv` of unnamed columns, years",
        "A name goes before a position where a file has it.",
        [
            Read(
                "table",
                {"a.csv": "id,2019,2020\n1,fine film,good\n"},
                LABELLED[:1],
                {"tokens": 2019, "label": 2020},
            ),
            Read(
                "table", {"a.csv": "0,1\nfine film,good\n"}, LABELLED[:1], {"tokens": 0, "label": 1}
            ),
            Read(
                "table",
                {"a.csv": "1,0\ngood,fine film\n"},
                LABELLED[:1],
                {"tokens": "0", "label": "1"},
            ),
            Read(
                "table",
                {"a.jsonl": '{"0": "fine film", "1": "good"}\n'},
                LABELLED[:1],
                {"tokens": 0, "label": 1},
            ),
        ],
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
        "Remarks above the header",
        "exports that begin with a title or a date",
        "Refused: the message shows what was taken for the header.",
        [
            Refused(
                "table",
                {"a.csv": "# exported on Monday\n" + HEAD + "fine,good\n"},
                ["a.csv:", "exported on Monday"],
            )
        ],
    ),
    Oddity(
        "Empty cells where a label or a text should be",
        "annotation that is not finished",
        "The rows are left out; one line says how many and where the first stand.",
        [
            table(
                HEAD + "fine film,good\nso so,\n,bad\nhm, \ndull film,bad\n",
                LABELLED,
                [["a.csv:3", "a.csv:4", "a.csv:5", "3 "]],
            ),
            Prepared(
                [*TABLE, "data.missing=error"],
                {"a.csv": HEAD + "so so,\n,bad\n" + MANY[len(HEAD) :]},
                refused=["a.csv:2", "a.csv:3", "label", "tokens"],
            ),
        ],
    ),
    Oddity(
        "Every cell of a column is empty",
        "the wrong column, data without labels",
        "Refused: nothing is left.",
        [Refused("table", {"a.csv": HEAD + "fine film,\ndull film,\n"}, ["a.csv", "label"])],
    ),
    Oddity(
        "`NA`, `null`, `None`, `nan` as words of a text or as labels",
        "surveys; and Namibia, whose code is NA",
        "They are text as any other, and one line says so where they are labels.",
        [
            table(
                HEAD + "NA,good\nnull,bad\nNone of it,bad\n",
                [("NA", "good"), ("null", "bad"), ("None of it", "bad")],
            ),
            Prepared(
                TABLE,
                {"a.csv": MANY + "so so,N/A\n" * 9},
                [["'N/A'", "label"]],
                vocabulary={"label": ["N/A", "good"]},
            ),
            Prepared(
                TABLE,
                {"a.csv": MANY + "so so,nan\n" * 9},
                [["'nan'", "label"]],
                vocabulary={"label": ["nan", "good"]},
            ),
        ],
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
        'A space before a quote: `good, "fine, indeed"`',
        "tables that people write by hand",
        "The quote opens the cell, and one line says so.",
        [
            table(
                'label,tokens\ngood,fine film\nbad, "dull, indeed"\nbad,dull film\n',
                [("fine film", "good"), ("dull, indeed", "bad"), ("dull film", "bad")],
                [["a.csv", "spaces before quotes"]],
            )
        ],
    ),
    Oddity(
        "A line that ends inside a quoted cell in CR LF",
        "mails on Windows",
        "Rows stay whole.",
        [table('tokens,label\r\n"fine\r\nfilm",good\r\n', [("fine\nfilm", "good")])],
    ),
]

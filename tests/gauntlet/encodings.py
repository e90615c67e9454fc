"""Bytes: marks, line ends, encodings."""

from __future__ import annotations

import codecs
import gzip
from collections.abc import Sequence
from dataclasses import replace

from gauntlet.clean import CLEAN, LABELLED, TAGS, done, without
from gauntlet.oddity import Oddity, Predicted, Read, Refused

MARK = "\ufeff"
LINES = ["lines", "csv", "tsv", "jsonl", "labelled_files", "pattern", "parallel", "pairs", "conll"]


def spelled(old: str, new: str, *names: str, says: Sequence[Sequence[str]] = ()) -> list[Read]:
    """Clean files in which a text is spelled in another way, which must stay as it is."""
    checks = []
    for one in map(CLEAN.__getitem__, names):
        files = {name: str(text).replace(old, new) for name, text in one.files.items()}
        values = [tuple(value.replace(old, new) for value in row) for row in one.values]
        checks.append(replace(one, files=files, values=values, says=says))
    return checks


def lone(text: str) -> str:
    """A text whose lines end in CR alone."""
    return text.replace("\n", "\r")


ODDITIES = [
    Oddity(
        "A byte-order mark at the start",
        "Excel's *CSV UTF-8*, Notepad, PowerShell",
        "The mark is no part of the first label, column or token.",
        [
            *done(lambda text: codecs.BOM_UTF8 + text.encode()),
            *(
                Predicted(model, codecs.BOM_UTF8 + given, like=given, arguments=arguments)
                for model, given, arguments in [
                    ("tagger", b"the dog sees the cat .\n", ()),
                    ("translator", b"the dog sees the cat .\n", ()),
                    ("tagger", b'{"tokens": "the dog"}\n', ("--format", "jsonl")),
                    ("tagger", b"the\ndog\n\na\n", ("--format", "conll")),
                ]
            ),
            *(
                Predicted(
                    "tagger",
                    f"{MARK}{head}\n{row}\n".encode(),
                    parts=[head, row],
                    arguments=("--format", form),
                )
                for form, head, row in [
                    ("tsv", "tokens\tid", "the dog\t1"),
                    ("csv", "tokens,id", "the dog,1"),
                ]
            ),
        ],
    ),
    Oddity(
        "A byte-order mark at the start of each of several files",
        "folders of exports read by a glob",
        "Each file's own mark is dropped.",
        [
            Read(
                "lines",
                {"1.txt": f"{MARK}good fine film\n", "2.txt": f"{MARK}bad dull film\n"},
                LABELLED,
                source="*.txt",
            ),
            Read(
                "table",
                {
                    "1.csv": f"{MARK}tokens,label\nfine film,good\n",
                    "2.csv": f"{MARK}tokens,label\ndull film,bad\n",
                },
                LABELLED,
                source=["1.csv", "2.csv"],
            ),
        ],
    ),
    Oddity(
        "A byte-order mark inside a file, at the start of a line",
        "files put together by `cat` or `copy /b`, treebanks made of several",
        "The mark is dropped there too: it hides no comment and is no part of a token; one "
        "line says where.",
        [
            *(
                replace(
                    CLEAN[name],
                    files={file: str(text).replace(second, f"{MARK}{second}")},
                    says=[["byte order mark", f"{file}:{line}"]],
                )
                for name, second, line in [
                    ("conllu", "# sent_id = 2", 5),
                    ("conll", "a DT", 4),
                    ("lines", "bad", 2),
                    ("csv", "dull", 3),
                    ("tsv", "dull", 3),
                    ("jsonl", '{"tokens": "dull', 2),
                    ("pairs", "eine", 2),
                ]
                for file, text in CLEAN[name].files.items()
            ),
            Predicted("tagger", f"the dog\n{MARK}the cat\n".encode(), like=b"the dog\nthe cat\n"),
        ],
    ),
    Oddity(
        "Lines that end in CR LF",
        "Windows",
        "They read as lines that end in LF.",
        [
            *done(lambda text: text.replace("\n", "\r\n")),
            Predicted("tagger", b"the dog\r\nthe cat\r\n", like=b"the dog\nthe cat\n"),
            Predicted("tagger", b"the dog\r\n\r\nthe cat", like=b"the dog\n\nthe cat\n"),
        ],
    ),
    Oddity(
        "Lines that end in CR alone",
        "Excel's *CSV (Macintosh)*, files of Mac OS 9, exports of FileMaker",
        "Each CR ends a line.",
        [
            *done(lone),
            Predicted("tagger", b"the dog\rthe cat\r", like=b"the dog\nthe cat\n"),
        ],
    ),
    Oddity(
        "CR LF in some lines and LF in others",
        "files that several people edited, `git` with `core.autocrlf`",
        "Each line ends where it should.",
        done(lambda text: text.replace("\n", "\r\n", 1)),
    ),
    Oddity(
        "No line end after the last line",
        "editors, scripts that join by a line end",
        "The last line counts.",
        [
            *done(lambda text: text.rstrip("\n")),
            Predicted("tagger", b"the dog\nthe cat", like=b"the dog\nthe cat\n"),
        ],
    ),
    Oddity(
        "Blank lines at the end",
        "editors, `echo >> file`",
        "They are no examples.",
        done(lambda text: text + "\n\n", without("parallel", "pairs")),
    ),
    Oddity(
        "UTF-16 with a mark",
        "Excel's *Unicode Text*, `>` in Windows PowerShell 5, SQL Server exports",
        "The mark tells the encoding; one line says so.",
        [
            *done(
                lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
                says=[["utf-16-le", "byte order mark"]],
            ),
            *done(
                lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
                ["lines", "csv"],
                says=[["utf-16-be", "byte order mark"]],
            ),
        ],
    ),
    Oddity(
        "UTF-16 without a mark",
        "files that programs of Windows write piece by piece",
        "Every second byte is NUL, which tells; one line says so. `data.reader.encoding` "
        "tells, too.",
        [
            *done(lambda text: text.encode("utf-16-le"), says=[["utf-16-le"]]),
            *done(lambda text: text.encode("utf-16-be"), ["lines", "csv"], says=[["utf-16-be"]]),
            *(
                replace(one, options={**one.options, "encoding": "utf-16-le"})
                for one in done(lambda text: text.encode("utf-16-le"))
            ),
        ],
    ),
    Oddity(
        "UTF-32 with a mark",
        "exports of databases and of R on Windows",
        "The mark tells the encoding; one line says so.",
        done(lambda text: text.encode("utf-32"), says=[["utf-32-le", "byte order mark"]]),
    ),
    Oddity(
        "Latin-1 or Windows-1252 in place of UTF-8",
        "old corpora, Excel's plain *CSV* in Western Europe",
        "Refused at the line of the first such byte, with the option that names the encoding.",
        [
            Refused(
                "lines",
                {"a.txt": b"good fine film\nbad caf\xe9\n"},
                ["a.txt:2", "0xe9", "reader.encoding"],
            ),
            Refused(
                "table",
                {"a.csv": b"tokens,label\nit\x92s fine,good\n"},
                ["a.csv:2", "0x92", "reader.encoding"],
            ),
            Read(
                "lines",
                {"a.txt": b"good caf\xe9\n"},
                [("café", "good")],
                options={"encoding": "latin-1"},
            ),
            Read(
                "lines",
                {"a.txt": b"good it\x92s\n"},
                [("it’s", "good")],
                options={"encoding": "cp1252"},
            ),
            Predicted(
                "tagger",
                b"the dog\ncaf\xe9\n",
                parts=[None, "input:2: not valid utf-8 (byte 0xe9)"],
                code=1,
                error=["1 record"],
            ),
        ],
    ),
    Oddity(
        "GBK or GB18030 in place of UTF-8",
        "Chinese corpora of before 2010, Excel in China",
        "Refused at its line, with the option; with the option it is read.",
        [
            Refused(
                "lines",
                {"a.txt": "好 很好\n".encode("gb18030")},
                ["a.txt:1", "not valid utf-8", "reader.encoding"],
            ),
            Read(
                "lines",
                {"a.txt": "好 很好\n".encode("gb18030")},
                [("很好", "好")],
                options={"encoding": "gb18030"},
            ),
        ],
    ),
    Oddity(
        "A wrong byte far inside a long file",
        "a page pasted from elsewhere into a clean corpus",
        "Its line is named, not the file alone.",
        [
            Refused(
                "lines",
                {"a.txt": b"good fine film\n" * 30_000 + b"bad \xff film\n"},
                ["a.txt:30001", "0xff"],
            )
        ],
    ),
    Oddity(
        "NUL bytes",
        "disks that ran full, dumps of databases",
        "Refused at the line of the first.",
        [
            Refused("lines", {"a.txt": b"good fine\nbad \0 film\n"}, ["a.txt:2", "NUL"]),
            Refused("conll", {"a.conll": b"the DT\ncat\0 NN\n"}, ["a.conll:2", "NUL"], TAGS),
        ],
    ),
    Oddity(
        "A workbook in place of a table",
        "`reviews.xlsx` renamed to `reviews.csv`",
        "Refused by a message that says what it is and how to save it as CSV.",
        [
            Refused(
                "table",
                {"a.csv": b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00"},
                ["a.csv", "Excel", "CSV"],
            ),
        ],
    ),
    Oddity(
        "A compressed file without its suffix",
        "downloads that lost their `.gz`",
        "Refused by a message that names gzip.",
        [Refused("lines", {"a.txt": gzip.compress(b"good fine film\n", mtime=0)}, ["a.txt", "gz"])],
    ),
    Oddity(
        "A compressed file that broke off",
        "downloads that were interrupted",
        "Refused as damaged, with the byte.",
        [
            Refused(
                "lines",
                {"a.txt.gz": gzip.compress(b"good fine film\n" * 9, mtime=0)[:-9]},
                ["a.txt.gz", "damaged", "near byte"],
            )
        ],
    ),
    Oddity(
        "A web page in place of the file",
        "links to a data set that lead to a log-in page",
        "Refused: the table has no such column, and the message shows what it has.",
        [
            Refused(
                "table",
                {"a.csv": "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n"},
                ["a.csv", "no column 'tokens'", "<!DOCTYPE html>"],
            )
        ],
    ),
    Oddity(
        "A pointer of Git LFS in place of the file",
        "a `git clone` without `git lfs`",
        "Refused by a message that says what it is and how to get the file.",
        [
            Refused(
                "table",
                {"a.csv": "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"},
                ["a.csv", "Git LFS", "git lfs pull"],
            )
        ],
    ),
    Oddity(
        "A lone CR inside a line of a file whose lines end in LF",
        "text that came through several machines",
        "It ends no line: it is white space there, and one line says so.",
        [
            *spelled(
                "fine film",
                "fine\rfilm",
                "lines",
                "tsv",
                "labelled_files",
                "pattern",
                says=[["carriage return", ":"]],
            ),
            *spelled("ein Hund", "ein\rHund", "parallel", "pairs", says=[["carriage return", ":"]]),
            Read(
                "table",
                {"a.csv": 'tokens,label\n"fine\rfilm",good\n'},
                [("fine\rfilm", "good")],
                says=[["carriage return", "a.csv:2"]],
            ),
            Predicted("tagger", b"the dog\rsees\nthe cat\n", like=b"the dog sees\nthe cat\n"),
        ],
    ),
    Oddity(
        "An empty file, or one with nothing but a mark or blank lines",
        "exports that failed",
        "Refused as empty.",
        [
            Refused("lines", {"a.txt": b""}, ["a.txt: empty file"]),
            Refused("table", {"a.csv": codecs.BOM_UTF8}, ["a.csv: empty file"]),
            Refused("conll", {"a.conll": b"\n \n\t\n"}, ["a.conll", "no sentence"], TAGS),
            Refused("lines", {"a.txt": b"\n  \n"}, ["a.txt", "blank lines only"]),
            Refused("text", {"a.txt": b" \n"}, ["a.txt:1", "only white space"], {"tokens": None}),
        ],
    ),
    Oddity(
        "U+2028, U+2029 or U+0085 inside a line",
        "text copied from web pages and PDFs, reviews written on phones",
        "They end no line, so files stay side by side and rows whole.",
        [
            check
            for sign in "\u2028\u2029\x85"
            for check in [
                *spelled(
                    "fine film",
                    f"fine{sign}film",
                    "csv",
                    "tsv",
                    "jsonl",
                    "lines",
                    "labelled_files",
                    "pattern",
                ),
                *spelled("ein Hund", f"ein{sign}Hund", "parallel", "pairs"),
                Read(
                    "conll",
                    {"a.conll": f"the DT\nc{sign}at NN\n"},
                    [(["the", f"c{sign}at"], ["DT", "NN"])],
                    TAGS,
                ),
                Predicted(
                    "tagger",
                    f"the dog{sign}sees\nthe cat\n".encode(),
                    like=b"the dog sees\nthe cat\n",
                ),
            ]
        ],
    ),
    Oddity(
        "Control characters U+001C to U+001F, form feed, vertical tab inside a line",
        "exports of library catalogues, pages of PDFs",
        "They end no line.",
        [
            check
            for sign in "\x1c\x1d\x1e\x1f\x0b\x0c"
            for check in [
                *spelled(
                    "fine film",
                    f"fine{sign}film",
                    "csv",
                    "tsv",
                    "lines",
                    "labelled_files",
                    "pattern",
                ),
                *spelled("ein Hund", f"ein{sign}Hund", "parallel", "pairs"),
                Read(
                    "conll",
                    {"a.conll": f"the DT\nc{sign}at NN\n"},
                    [(["the", f"c{sign}at"], ["DT", "NN"])],
                    TAGS,
                ),
                Predicted("tagger", f"the dog{sign}sees\n".encode(), parts=[""]),
            ]
        ],
    ),
    Oddity(
        "A no-break space inside a token",
        "French numbers, `10 000` in treebanks",
        "A token of a column stays one token.",
        [
            Read("conll", {"a.conll": "10\u00a0000 CD\n"}, [(["10\u00a0000"], ["CD"])], TAGS),
            Read("conll", {"a.conll": "10\u00a0000\tCD\n"}, [(["10\u00a0000"], ["CD"])], TAGS),
            Read(
                "table",
                {"a.jsonl": '{"tokens": ["10\u00a0000"], "label": "x"}\n'},
                [(["10\u00a0000"], "x")],
            ),
        ],
    ),
    Oddity(
        "An invisible token: a no-break space, a zero-width space, a soft hyphen",
        "named entities annotated on scraped tweets",
        "It is a token with a label of its own, so that the rest stay aligned.",
        [
            Read(
                "conll",
                {"a.conll": f"the{gap}DT\n{sign}{gap}X\ncat{gap}NN\n"},
                [(["the", sign, "cat"], ["DT", "X", "NN"])],
                TAGS,
            )
            for gap in " \t"
            for sign in "\u00a0\u200b\u00ad\u3000"
        ],
    ),
    Oddity(
        "Composed and decomposed accents",
        "macOS file names and exports, where `é` is two characters",
        "Text stays as it is written.",
        [
            Read(
                "lines",
                {"a.txt": "good cafe\u0301\nbad caf\u00e9\n"},
                [("cafe\u0301", "good"), ("caf\u00e9", "bad")],
            )
        ],
    ),
    Oddity(
        "Emoji, and emoji joined by zero-width joiners",
        "tweets, reviews",
        "A word of them is a word.",
        [
            Read(
                "lines",
                {"a.txt": "good \U0001f469\u200d\U0001f680 \U0001f600\n"},
                [("\U0001f469\u200d\U0001f680 \U0001f600", "good")],
            ),
            Predicted("tagger", "the \U0001f600 sees\n".encode(), parts=[""]),
        ],
    ),
]

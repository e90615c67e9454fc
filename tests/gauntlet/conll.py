"""One token a line: CoNLL-2000, 2003, 2012, CoNLL-U and what people call CoNLL."""

from __future__ import annotations

from gauntlet.clean import REST, TAGGED, TAGS
from gauntlet.oddity import Oddity, Predicted, Read, Refused

TWO = "the DT\ncat NN\n\na DT\ndog NN\n"
THE = f"1\tthe\t_\tDT\t{REST}\n2\tcat\t_\tNN\t{REST}\n\n"
A = f"1\ta\t_\tDT\t{REST}\n2\tdog\t_\tNN\t{REST}\n\n"


def plain(
    text: str, values: list | None = None, says: list | None = None, **options: object
) -> Read:
    """A file without a suffix of its own, and the sentences that are read of it."""
    return Read(
        "conll",
        {"a.conll": text},
        TAGGED if values is None else values,
        TAGS,
        options,
        says=says or [],
    )


def treebank(
    text: str, values: list | None = None, says: list | None = None, name: str = "a.conllu"
) -> Read:
    """A file of CoNLL-U, and the sentences that are read of it."""
    return Read("conll", {name: text}, TAGGED if values is None else values, TAGS, says=says or [])


ODDITIES = [
    Oddity(
        "`-DOCSTART-` lines, with and without a blank line behind them",
        "CoNLL-2003 and its many copies",
        "They stand between sentences and are no token.",
        [
            plain("-DOCSTART- -X-\n\n" + TWO),
            plain("-DOCSTART- -X-\nthe DT\ncat NN\n-DOCSTART- -X-\na DT\ndog NN\n"),
            plain("-DOCSTART- -X- O O\n\n" + TWO),
            plain("-DOCSTART-\n\n" + TWO),
        ],
    ),
    Oddity(
        "`#begin document` and `#end document` lines",
        "CoNLL-2011 and 2012, coreference data",
        "They stand between sentences and are no token.",
        [
            plain(
                "#begin document (bc/x); part 000\n"
                "the DT\ncat NN\n\na DT\ndog NN\n\n#end document\n"
            ),
            plain(
                "#begin document (bc/x);\nthe DT\ncat NN\n#end document\n"
                "#begin document (bc/y);\na DT\ndog NN\n"
            ),
        ],
    ),
    Oddity(
        "`#` as a token",
        "tweets, source code, phone menus",
        "Where a file has no comments, it is a token.",
        [plain("# SYM\ntag NN\n", [(["#", "tag"], ["SYM", "NN"])])],
    ),
    Oddity(
        "Comments in a file that has no suffix `.conllu`",
        "`# sent_id` lines of files renamed to `.txt`",
        "`data.reader.comment` tells; without it a line of another number of columns is left "
        "out with its sentence, counted and named.",
        [plain("# sent_id = 1\nthe DT\ncat NN\n\n# sent_id = 2\na DT\ndog NN\n", comment="#")],
    ),
    Oddity(
        "Comments, word ranges, empty nodes",
        "Universal Dependencies",
        "They are no tokens, wherever they stand.",
        [
            treebank(
                f"# newdoc\n# text = x\n{THE}# sent_id = 2\n1-2\tadog\t_\t_\t{REST}\n"
                f"1\ta\t_\tDT\t{REST}\n1.1\tx\t_\tX\t{REST}\n# within\n2\tdog\t_\tNN\t{REST}\n"
                "\n# end\n"
            )
        ],
    ),
    Oddity(
        "`.conllup` with its `# global.columns`",
        "PARSEME, CoNLL-U Plus",
        "The line names the columns.",
        [
            Read(
                "conll",
                {
                    "a.conllup": "# global.columns = ID FORM UPOS PARSEME:MWE\n"
                    "1\tthe\tDT\t*\n2\tcat\tNN\t*\n\n1\ta\tDT\t*\n2\tdog\tNN\t*\n"
                },
                TAGGED,
                TAGS,
            ),
            Read(
                "conll",
                {"a.conllup": "# global.columns = FORM UPOS\nthe\tDT\ncat\tNN\n\na\tDT\ndog\tNN\n"},
                TAGGED,
                TAGS,
            ),
        ],
    ),
    Oddity(
        "Blank lines with spaces or tabs, several in a row, before the first sentence, none "
        "at the end",
        "editors, scripts",
        "Each run of them ends a sentence, and no sentence is empty.",
        [
            plain("\n \nthe DT\ncat NN\n \t\n\n\na DT\ndog NN"),
            plain("\u3000\nthe DT\ncat NN\n\u00a0\na DT\ndog NN\n"),
        ],
    ),
    Oddity(
        "Tokens with a space inside, between tabs",
        "French numbers, names in gazetteers",
        "They are one token.",
        [plain("New York\tLOC\nis\tO\n", [(["New York", "is"], ["LOC", "O"])])],
    ),
    Oddity(
        "Several spaces between columns, spaces at the ends of lines",
        "files aligned by hand, CoNLL-2002",
        "Runs of them stand between columns.",
        [plain("the   DT \ncat   NN \n\na     DT\ndog   NN  \n")],
    ),
    Oddity(
        "A tab at the end of each line",
        "spreadsheets, annotation tools",
        "The empty last column does not matter.",
        [plain("the\tDT\t\ncat\tNN\t\n\na\tDT\t\ndog\tNN\t\n")],
    ),
    Oddity(
        "Quotes as tokens",
        "any text",
        "A quote is a character like any other, and cannot swallow the lines behind it.",
        [
            plain('" ``\nthe DT\ncat NN\n', [(['"', "the", "cat"], ["``", "DT", "NN"])]),
            plain("\"\t''\nthe\tDT\n", [(['"', "the"], ["''", "DT"])]),
        ],
    ),
    Oddity(
        "A line with fewer or more columns than the first",
        "an annotator's slip",
        "Its sentence is left out, counted, and the line is named; the others stay.",
        [
            plain("the DT\ncat NN\n\nso DT\nso\n\na DT\ndog NN\n", says=[["a.conll:5", "1 "]]),
            plain("the DT\ncat NN\n\nso DT\nso RB x\n\na DT\ndog NN\n", says=[["a.conll:5", "1 "]]),
            treebank(THE + "1\tso\t_\tDT\n\n" + A, says=[["a.conllu:4", "1 "]]),
        ],
    ),
    Oddity(
        "An empty token or an empty tag",
        "annotation that is not finished",
        "Its sentence is left out, counted, and the line is named.",
        [
            plain(
                "the\tDT\ncat\tNN\n\nso\t\nso\tDT\n\na\tDT\ndog\tNN\n", says=[["a.conll:4", "1 "]]
            ),
            plain(
                "the\tDT\ncat\tNN\n\n\tDT\nso\tDT\n\na\tDT\ndog\tNN\n", says=[["a.conll:4", "1 "]]
            ),
        ],
    ),
    Oddity(
        "Spaces in place of tabs in CoNLL-U",
        "text pasted from a web page",
        "Where they make ten columns, they stand between columns.",
        [treebank((THE + A).replace("\t", "    "))],
    ),
    Oddity(
        "Other files named `.conllu`",
        "two columns with a grand suffix",
        "Refused with the number of columns that CoNLL-U has.",
        [
            Refused(
                "conll",
                {"a.conllu": "the\tDT\ncat\tNN\n"},
                ["a.conllu:1", "2 column(s)", "10"],
                TAGS,
            )
        ],
    ),
    Oddity(
        "`_` as a part of speech",
        "treebanks without that layer",
        "It is the label that stands there.",
        [treebank(f"1\tthe\t_\t_\t{REST}\n", [(["the"], ["_"])])],
    ),
    Oddity(
        "Columns that are separated by a bar or a slash",
        "CCGbank-like files, `word|POS`",
        "`data.reader.separator` tells.",
        [plain("the|DT\ncat|NN\n\na|DT\ndog|NN\n", separator="|")],
    ),
    Oddity(
        "The tag before the token, or between other columns",
        "GermEval 2014, WikiANN with its language prefix",
        "`column` and `names` tell.",
        [
            Read("conll", {"a.conll": "DT the\nNN cat\n"}, TAGGED[:1], {"tokens": 1, "tags": 0}),
            Read(
                "conll",
                {"a.conll": "1\tthe\tDT\tO\n2\tcat\tNN\tO\n"},
                TAGGED[:1],
                {"tokens": "form", "tags": "pos"},
                {"names": ["id", "form", "pos", "ner"]},
            ),
        ],
    ),
    Oddity(
        "A file of tokens alone",
        "test sets whose tags are secret",
        "Refused: a column for the tags is missing.",
        [Refused("conll", {"a.conll": "the\ncat\n"}, ["a.conll:1", "no column 'tags'"], TAGS)],
    ),
    Oddity(
        "A token of thousands of characters",
        "base64 in mails",
        "It is one token.",
        [plain("x" * 5000 + " X\n", [(["x" * 5000], ["X"])])],
    ),
    Oddity(
        "No blank line anywhere",
        "corpora that came through a converter",
        "All is one sentence, which `data.tokens.max_length` refuses by its line where it is "
        "too long.",
        [
            plain(
                "the DT\ncat NN\na DT\ndog NN\n",
                [(["the", "cat", "a", "dog"], ["DT", "NN", "DT", "NN"])],
            )
        ],
    ),
    Oddity(
        "CoNLL in `predict`",
        "the file that is to be tagged, as it is",
        "A token and its tag a line, a blank line after each sentence.",
        [
            Predicted(
                "tagger",
                b"the\ndog\n\nshe\nwalks\n",
                parts=["the", "dog", "", "she", "walks", ""],
                arguments=["--format", "conll"],
            ),
            Predicted(
                "tagger",
                b"-DOCSTART- O\n\nthe DT\ndog NN\n",
                parts=["-DOCSTART- O", "", "the DT ", "dog NN ", ""],
                arguments=["--format", "conll"],
            ),
        ],
    ),
]

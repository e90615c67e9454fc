"""Tags that break their scheme, and tags that training never shows."""

from __future__ import annotations

from gauntlet.oddity import Oddity, Prepared, Trained

SHORT = ["task=tagging", "data=conll", "data.train=train.conll"]
AUTO = [*SHORT, "data.tags.scheme=auto"]
CRF = [*SHORT, "task/head=crf"]
BIO = (
    "Ann B-PER\nLee I-PER\nsings O\n\nBob B-PER\nsees O\nRome B-LOC\n\nNew B-LOC\nYork I-LOC\n\n"
    * 15
)
BMES = "南 B-LOC\n京 E-LOC\n好 O\n\n我 O\n张 S-PER\n\n三 B-LOC\n里 M-LOC\n屯 E-LOC\n\n" * 15
BIOES = "Ann B-PER\nLee E-PER\nsings O\n\nBob S-PER\nNew B-LOC\nYork I-LOC\nCity E-LOC\n\n" * 15


def broken(
    clean: str, wrong: str, *parts: str, options: list | None = None
) -> list[Prepared | Trained]:
    """A file with one sentence that breaks its scheme, read and trained on."""
    files = {"train.conll": clean + wrong}
    line = f"train.conll:{clean.count(chr(10)) + 1}"
    return [Prepared(options or AUTO, files, [[line, *parts]])]


ODDITIES = [
    Oddity(
        "`I-` at the start of a span, among thousands that begin with `B-`",
        "WNUT, GermEval, every data set made by hand",
        "The scheme is recognised all the same; the span begins there, as conlleval reads "
        "it, and one line says how many sentences and where first.",
        broken(BIO, "Bob I-PER\nsings O\n\n", "BIO", "1 "),
    ),
    Oddity(
        "`I-` of another type than the tag before it",
        "merged annotations",
        "A new span begins there, as conlleval reads it; one line says so.",
        broken(BIO, "Bob B-PER\nRome I-LOC\n\n", "BIO", "1 "),
    ),
    Oddity(
        "A span of BIOES or BMES without its end or its beginning",
        "MSRA and Weibo NER in BMES",
        "The scheme is recognised all the same; one line says how many sentences and where first.",
        [
            *broken(BMES, "南 B-LOC\n京 O\n\n", "BMES", "1 "),
            *broken(BMES, "南 M-LOC\n京 E-LOC\n\n", "BMES", "1 "),
            *broken(BIOES, "New B-LOC\nYork O\n\n", "BIOES", "1 "),
        ],
    ),
    Oddity(
        "Tags that break their scheme, under a CRF",
        "the same files",
        "The constraints hold for the rest: training goes on, and no loss is infinite.",
        [
            Trained(
                CRF,
                {"train.conll": BIO + "Bob I-PER\nsings O\n\n"},
                [["train.conll:166", "1 "]],
                never=["inf"],
                given=b"Ann sings\n",
                lines=1,
            ),
        ],
    ),
    Oddity(
        "Tags that break their scheme, refused or left out on request",
        "the same files",
        "`data.tags.invalid=error` lists the places, `skip` leaves the sentences out and "
        "counts them.",
        [
            Prepared(
                [*AUTO, "data.tags.invalid=error"],
                {"train.conll": BIO + "Bob I-PER\nsings O\n\nLee I-PER\n\n"},
                refused=["train.conll:166", "train.conll:169"],
            ),
            Prepared(
                [*AUTO, "data.tags.invalid=skip"],
                {"train.conll": BIO + "Bob I-PER\nsings O\n\n"},
                [["train.conll:166", "1 "]],
            ),
        ],
    ),
    Oddity(
        "IOB1, where `B-` stands between two spans alone",
        "CoNLL-2003 as it was first given out",
        "It is recognised as a scheme of its own: nothing is broken.",
        [
            Prepared(
                AUTO,
                {
                    "train.conll": "Ann I-PER\nLee I-PER\nsings O\n\nRome I-LOC\nParis B-LOC\n\n"
                    * 15
                },
                [],
            )
        ],
    ),
    Oddity(
        "A tag in the test file alone",
        "CoNLL-2000's `I-LST`, ATIS slots",
        "The sentences stay, the tag counts as an error, and one line says which, how many, "
        "and where first.",
        [
            Prepared(
                [*AUTO, "data.test=test.conll"],
                {"train.conll": BIO, "test.conll": "Ann B-PER\n\nit B-LST\nis I-LST\n\n"},
                [["B-LST", "I-LST", "test.conll:3"]],
                {"test": 2},
                lacks={"tags": ["B-LST", "I-LST"]},
            ),
            Prepared(
                [*SHORT, "data.test=test.conll"],
                {"train.conll": "the DT\ncat NN\n\n" * 30, "test.conll": "so RB\ncat NN\n\n"},
                [["RB", "test.conll:1", "1"]],
                {"test": 1},
                lacks={"tags": ["RB"]},
            ),
        ],
    ),
    Oddity(
        "A tag with a single sentence",
        "`SYM`, `FW`, `LS` in any treebank",
        "Where a part is split off, its only sentence stays in training.",
        [
            Prepared(
                [*SHORT, f"data.split_seed={seed}"],
                {"train.conll": "the DT\ncat NN\n\n" * 30 + "ah UH\n\n"},
                [],
                vocabulary={"tags": ["UH"]},
            )
            for seed in range(3)
        ],
    ),
    Oddity(
        "Tags without types: `B`, `I`, `O`",
        "segmentation, keyphrases",
        "They are labels as they are.",
        [
            Prepared(
                SHORT,
                {"train.conll": "a B\nb I\nc O\n\n" * 30},
                [],
                vocabulary={"tags": ["B", "I", "O"]},
            )
        ],
    ),
    Oddity(
        "Types with hyphens, underscores and other signs: `B-geo-loc`, `I-PER_NAM`",
        "WNUT-16, OntoNotes, ACE",
        "The mark is what stands before the first hyphen.",
        [
            Prepared(
                AUTO,
                {"train.conll": "a B-geo-loc\nb I-geo-loc\nc B-PER_NAM\n\n" * 30},
                [],
                vocabulary={"tags": ["I-geo-loc"]},
            )
        ],
    ),
    Oddity(
        "More tags than tokens, or fewer, in a table",
        "tokens with a space inside, joined by spaces",
        "The example is left out, counted, and its line is named.",
        [
            Prepared(
                ["task=tagging", "data=table", "data.train=train.csv"],
                {"train.csv": "tokens,tags\n" + "the cat,DT NN\n" * 30 + "New York,LOC\n"},
                [["train.csv:32", "1 "]],
            )
        ],
    ),
    Oddity(
        "Sentences without any span",
        "most of a corpus of names",
        "They are examples, and scores are 0 where nothing is to be found, never a division by 0.",
        [
            Trained(
                [*SHORT, "data.test=test.conll", "data.tags.scheme=auto"],
                {"train.conll": BIO, "test.conll": "so O\nso O\n\n"},
                never=["nan"],
                given=b"so so\n",
                lines=1,
            )
        ],
    ),
]

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

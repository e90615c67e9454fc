"""Everything at once, from the files to predictions, for every task."""

from __future__ import annotations

from gauntlet.oddity import Oddity, Trained

REVIEWS = "\ufefftokens,label\r\n" + "fine film,good\r\ndull film,bad\r\n" * 15
BIO = "Ann B-PER\nLee I-PER\nsings O\n\nBob B-PER\nsees O\nRome B-LOC\n\n" * 12

ODDITIES = [
    Oddity(
        "All at once, in classification",
        "a file of one's own on the first day",
        "It trains, tests and predicts; each thing is said once.",
        [
            Trained(
                ["task=classification", "data=table", "data.train=train.csv", "data.test=test.csv"],
                {
                    "train.csv": REVIEWS
                    + "so so,\r\n,good\r\nso so\r\nonly once,ugly\r\n<unk> \x1c film,good\r\n",
                    "test.csv": "tokens,label\nfine film,good\nso "
                    "so,unseen\n,bad\ndull\u2028film,bad\n",
                },
                [["train.csv:32"], ["test.csv:4"], ["unseen", "test.csv:3"], ["ugly"]],
                given="\ufefffine film\r\n\r\n<pad> so\u2028so\r\n".encode(),
                lines=3,
                evaluated=True,
            )
        ],
    ),
    Oddity(
        "All at once, in tagging",
        "a treebank of one's own",
        "It trains, tests and predicts; each thing is said once.",
        [
            Trained(
                [
                    "task=tagging",
                    "task/head=crf",
                    "data=conll",
                    "data.train=train.conll",
                    "data.test=test.conll",
                    "data.tags.scheme=auto",
                ],
                {
                    "train.conll": "\ufeff-DOCSTART- -X-\n\n"
                    + BIO
                    + "Bob I-PER\n\nso\n\nonly B-ONE\n\n",
                    "test.conll": "Ann B-PER\n\nit B-LST\nis I-LST\n\nBob I-PER\n<unk> O\n\nso\n\n",
                },
                [
                    ["train.conll:101"],
                    ["train.conll:99"],
                    ["test.conll:9"],
                    ["test.conll:6"],
                    ["B-LST", "test.conll:3"],
                ],
                given="\ufeffAnn sings\r\ncat<unk>s\r\n".encode(),
                lines=2,
                evaluated=True,
            )
        ],
    ),
    Oddity(
        "All at once, in translation",
        "a corpus of one's own",
        "It trains, tests and predicts; each thing is said once.",
        [
            Trained(
                [
                    "task=translation",
                    "data=parallel",
                    "data.train=train.tsv",
                    "data.test=[test.de,test.en]",
                ],
                {
                    "train.tsv": "\ufeff"
                    + "ein Hund\ta dog\r\neine Katze\ta cat\r\n" * 15
                    + "leer\t\r\nzu\tviel\tda\r\n<eos>\t<unk>\r\n",
                    "test.de": "ein Hund\r\n\r\neine\u2028Katze",
                    "test.en": "a dog\nnothing\na cat\n",
                },
                [["train.tsv:31"], ["test.de:2"]],
                given="\ufeffein Hund\r\n<bos> Katze\r\n".encode(),
                lines=2,
                evaluated=True,
            )
        ],
    ),
    Oddity(
        "All at once, in generation",
        "a folder of texts",
        "It trains, tests and predicts.",
        [
            Trained(
                ["task=generation", "data=lines", "data.train=train.txt", "data.test=test.txt"],
                {
                    "train.txt": "\ufeff"
                    + "the dog sees a cat\r\n\r\na <unk> cat \x1c sees\u2028it\r\n" * 20
                    + "once",
                    "test.txt": "the dog <eos> sees what\nunseen words\n",
                },
                given="\ufeffthe dog\r\n<pad>\r\n".encode(),
                lines=2,
                evaluated=True,
            )
        ],
    ),
]

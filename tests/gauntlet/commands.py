"""Everything at once, from the files to predictions, for every task."""

from __future__ import annotations

from gauntlet.oddity import Oddity, Trained

REVIEWS = "\ufefftokens,label\r\n" + "fine film,good\r\ndull film,bad\r\n" * 15
BIO = "Ann B-PER\nLee I-PER\nsings O\n\nBob B-PER\nsees O\nRome B-LOC\n\n" * 12

ODDITIES = [
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
            )
        ],
    ),
]

"""Text that looks like something else, and letters of all kinds."""

from __future__ import annotations

from gauntlet.oddity import Oddity, Predicted, Prepared

SCORES = ["--scores"]
LINES = ["task=classification", "data=lines", "data.train=train.txt"]
SPECIAL = ["<unk>", "<pad>", "<eos>", "<bos>", "<sep>"]


def tags(count: int) -> str:
    """Spaces, as there are between so many tags."""
    return " " * (count - 1)


ODDITIES = [
    Oddity(
        "`<unk>`, `<pad>`, `<bos>`, `<eos>` or `<sep>` as a word of somebody's text",
        "corpora prepared for another tool, the Penn Treebank's files, source code",
        "It is a word, and never the symbol of that name.",
        [
            *(
                Predicted(
                    "classifier",
                    f"the {name} sees\n".encode(),
                    like=b"the zqzqz sees\n",
                    arguments=SCORES,
                )
                for name in SPECIAL
            ),
            *(
                Predicted("tagger", f"the {name} sees it\n".encode(), parts=[""])
                for name in SPECIAL
            ),
            *(
                Prepared(
                    LINES,
                    {"train.txt": f"good fine {name} film\nbad dull film\n" * 20},
                    [],
                    {"train": 32},
                )
                for name in SPECIAL
            ),
        ],
    ),
    Oddity(
        "`<unk>` and the like within a word: `cat<unk>s`",
        "mark-up glued to words",
        "The word is one word: a tagger gives it one tag, and the other lines have theirs.",
        [
            Predicted("tagger", b"the dog sees\nthe cat<unk>s sees\n", parts=[None, None]),
            *(
                Predicted(
                    "classifier",
                    f"the cat{name}s sees\n".encode(),
                    like=b"the catzqs sees\n",
                    arguments=SCORES,
                )
                for name in SPECIAL
            ),
        ],
    ),
    Oddity(
        "`<unk>` and the like in a text that is read by character",
        "the same",
        "It is five characters.",
        [
            Predicted("characters", b"the <unk> sees\n", like="the ¤unk¤ sees\n".encode()),
            Predicted("characters", b"the <pad> sees\n", like="the ¤pad¤ sees\n".encode()),
        ],
    ),
    Oddity(
        "Capitals whose small letters depend on their place: `ΟΔΟΣ`",
        "Greek",
        "Each letter is lower-cased by itself, in the same way everywhere: `οδοσ`.",
        [
            Prepared(
                [*LINES, "data.tokens.lowercase=true"],
                {"train.txt": "good ΟΔΟΣ ΣΑΣ\nbad dull film\n" * 20},
                [],
                vocabulary={"tokens": ["οδοσ", "σασ"]},
                lacks={"tokens": ["οδος"]},
            )
        ],
    ),
    Oddity(
        "Letters whose lower case is longer, or has none: `İ`, `ß`, `ẞ`",
        "Turkish, German",
        "A word stays one word.",
        [
            Prepared(
                [*LINES, "data.tokens.lowercase=true"],
                {"train.txt": "good İYİ GROẞ Straße\nbad dull film\n" * 20},
                [],
                vocabulary={"tokens": ["i̇yi̇", "groß", "straße"]},
            )
        ],
    ),
    Oddity(
        "A text that begins with `{` or `[`",
        "source code, mathematics, stage directions",
        "Where a model has one input, it is text.",
        [
            Predicted(
                "classifier",
                b"{the dog} sees\n",
                like=b"{zq dog} sees\n",
                arguments=SCORES,
                parts=[None],
            ),
            Predicted("classifier", b'{"a": 1}\n', like=b"zq zq\n", arguments=SCORES),
        ],
    ),
    Oddity(
        "Words that training never shows",
        "every text",
        "They are one unknown word; no line is refused for them.",
        [Predicted("classifier", b"qzqz zzqq\n", like=b"zzz qqq\n", arguments=SCORES)],
    ),
    Oddity(
        "Runs of white space, also of other kinds: tabs, no-break and ideographic spaces",
        "text copied from pages and PDFs",
        "They separate words and are none.",
        [Predicted("tagger", "  the \u3000dog\u00a0 sees \t \n".encode(), like=b"the dog sees\n")],
    ),
    Oddity(
        "A right-to-left text, with its marks of direction",
        "Arabic, Hebrew",
        "Characters stay in the order in which they are stored.",
        [
            Prepared(
                LINES,
                {"train.txt": "good שלום \u200fעולם\nbad مرحبا film\n" * 20},
                [],
                vocabulary={"tokens": ["שלום", "\u200fעולם", "مرحبا"]},
            )
        ],
    ),
    Oddity(
        "A text longer than the model was told to take",
        "a book on one line",
        "Refused by its line with the options that cut or raise; in `predict` it is an error "
        "in its place.",
        [
            Prepared(
                [*LINES, "data.tokens.max_length=10"],
                {"train.txt": "good a b\nbad b c\n" * 20 + "good" + " a" * 11 + "\n"},
                refused=["train.txt:41", "11 tokens", "max_length"],
            ),
            Predicted(
                "tagger", b"the dog\n" + b"a " * 41 + b"\n", parts=[None, "41 tokens"], code=1
            ),
        ],
    ),
    Oddity(
        "Chinese, Japanese or Thai, where no space stands between words",
        "any such text",
        "By character, as the preset decides; where `level=word` says otherwise each sentence is "
        "one word, and one line says so.",
        [
            Prepared(
                [*LINES, "data.tokens.level=character"],
                {"train.txt": "好 我们很好\n坏 我们不好\n" * 20},
                [],
                vocabulary={"tokens": ["我", "们", "好"]},
            ),
            Prepared(
                LINES,
                {"train.txt": "好 这家酒店的服务很好\n坏 房间太小，早餐也不好\n" * 20},
                [],
                vocabulary={"tokens": ["这", "家", "好"]},
            ),
            Prepared(
                [*LINES, "data.tokens.level=word"],
                {"train.txt": "好 这家酒店的服务很好\n坏 房间太小，早餐也不好\n" * 20},
                [["'tokens'", "whole sentences are learnt as words", "tokens.level=character"]],
                vocabulary={"tokens": ["这家酒店的服务很好"]},
            ),
            Prepared(
                LINES, {"train.txt": "好 这家 酒店 的 服务 很 好\n坏 房间 太 小 ， 不 好\n" * 20}
            ),
        ],
    ),
]

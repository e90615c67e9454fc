"""Files of word vectors: GloVe, word2vec, fastText."""

from __future__ import annotations

import gzip

from gauntlet.oddity import Oddity, Vectors

TWO = {"the": [1.0, 2.0], "cat": [3.0, 4.0]}

ODDITIES = [
    Oddity(
        "A first line with the number of words and the width",
        "word2vec and fastText have it, GloVe has not",
        "It is no word; in a file without it a word that is a number is a word.",
        [
            Vectors("2 2\nthe 1 2\ncat 3 4\n", TWO),
            Vectors("the 1 2\ncat 3 4\n", TWO),
            Vectors("2 5 6\nthe 1 2\ncat 3 4\n", {"2": [5.0, 6.0], **TWO}),
        ],
    ),
    Oddity(
        "A byte-order mark, CR LF, a space at the end of each line, tabs between the numbers",
        "fastText writes such spaces, Windows the rest",
        "They are no part of a word or a number.",
        [
            Vectors("\ufeffthe 1 2\ncat 3 4\n", TWO),
            Vectors("\ufeff2 2\nthe 1 2\ncat 3 4\n", TWO),
            Vectors("2 2\r\nthe 1 2\r\ncat 3 4\r\n", TWO),
            Vectors("2 2\nthe 1 2 \ncat 3 4 \n", TWO),
            Vectors("the\t1\t2\ncat\t3\t4", TWO),
        ],
    ),
    Oddity(
        "Words with a space, a no-break space or U+2028 inside",
        "GloVe's 840B file, fastText's crawl",
        "The last numbers of a line are the vector, all before them is the word.",
        [
            Vectors(
                "the 1 2\n. . . 5 6\ncat 3 4\n", {"the": [1, 2], ". . .": [5, 6], "cat": [3, 4]}
            ),
            Vectors("the 1 2\na\u00a0b 5 6\n", {"the": [1, 2], "a\u00a0b": [5, 6]}),
            Vectors("the 1 2\na\u2028b 5 6\n", {"the": [1, 2], "a\u2028b": [5, 6]}),
        ],
    ),
    Oddity(
        "A word twice",
        "files put together",
        "Its first vector counts.",
        [Vectors("the 1 2\nthe 7 8\ncat 3 4\n", TWO)],
    ),
    Oddity(
        "A word that is no UTF-8",
        "old crawls",
        "It is passed over: half of it is another word.",
        [Vectors(b"the 1 2\ncaf\xe9 5 6\ncat 3 4\n", TWO)],
    ),
    Oddity(
        "A binary or a packed file, or one that holds something else",
        "`GoogleNews-vectors.bin`, `cc.en.300.vec.gz`",
        "Refused by a message that says what is expected.",
        [
            Vectors(b"2 2\nthe \0\0\x80?", refused=["a.vec:2", "binary data"]),
            Vectors(gzip.compress(b"the 1 2\n", mtime=0), refused=["a.vec:1", "unpack the file"]),
            Vectors("the cat sat\n", refused=["a.vec:1", "not a word and its numbers"]),
            Vectors("the,1,2\n", refused=["a.vec:1", "not a word and its numbers"]),
            Vectors("", refused=["a.vec", "no vectors"]),
        ],
    ),
]

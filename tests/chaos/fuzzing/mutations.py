"""Ways to damage the bytes of a file."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from random import Random

TOKENS = [
    *("1_000", "1e999", "-1e999", "1e-999", "nan", "NaN", "inf", "-inf", "infinity", "0x10", "1d5"),
    *("\u0661\u0662", "\uff11", "-0", "+5", "1,5", "1,234", "?", "NA", "null", "true", "1e39"),
    *("\ufeff", "\u2028", "\u202e", "\x1b[31m", "\x00", "\x85", "\ud800", "\U0001f642", "e\u0301"),
    *(
        '"',
        "'",
        "\\",
        "\t",
        ",",
        ";",
        ":",
        "|",
        "/",
        "@data",
        "@classLabel",
        "{}",
        "[]",
        "[[",
        "]]",
    ),
    *('{"a": {"b": 1}}', "<unk>", "<pad>", "O", "B-", "B-X", "I-X", "\n\n\n", "\r", "", "-1", "0"),
    *("9" * 5000, "1" * 400 + ".5", "[" * 3000, "a" * 200_000, "x " * 20_000),
]
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp1252", "gb18030", "utf-7", "cp037")


def mutated(content: bytes, random: Random) -> bytes:
    """The bytes with one to four changes."""
    for _ in range(random.choice([1, 1, 1, 2, 2, 3, 4])):
        content = random.choice(CHANGES)(content, random)
    return content[: 2**22]


def _place(content: bytes, random: Random) -> int:
    return random.randrange(len(content) + 1)


def flip_bits(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice([1, 1, 2, 8])):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def truncate(content: bytes, random: Random) -> bytes:
    return content[: _place(content, random)]


def behead(content: bytes, random: Random) -> bytes:
    return content[_place(content, random) :]


def insert_bytes(content: bytes, random: Random) -> bytes:
    at = _place(content, random)
    return content[:at] + random.randbytes(random.choice([1, 1, 2, 16])) + content[at:]


def insert_token(content: bytes, random: Random) -> bytes:
    at = _place(content, random)
    token = random.choice(TOKENS).encode(errors="surrogatepass")
    return content[:at] + token + content[at:]


def replace_word(content: bytes, random: Random) -> bytes:
    """Put a token in the place of a run of letters and digits."""
    at = end = _place(content, random)
    while at and content[at - 1 : at].isalnum():
        at -= 1
    while end < len(content) and content[end : end + 1].isalnum():
        end += 1
    return content[:at] + random.choice(TOKENS).encode(errors="surrogatepass") + content[end:]


def drop_block(content: bytes, random: Random) -> bytes:
    first, last = sorted((_place(content, random), _place(content, random)))
    return content[:first] + content[last:]


def repeat_block(content: bytes, random: Random) -> bytes:
    first, last = sorted((_place(content, random), _place(content, random)))
    return content[:last] + content[first:last] * random.choice([1, 2, 50]) + content[last:]


def shuffle_lines(content: bytes, random: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    random.shuffle(lines)
    return b"".join(lines)


def change_line(content: bytes, random: Random) -> bytes:
    """Leave a line out, or give it twice, or empty."""
    lines = content.splitlines(keepends=True)
    if not lines:
        return content
    at = random.randrange(len(lines))
    lines[at : at + 1] = random.choice([[], [lines[at]] * 2, [b"\n"], [lines[at].strip()]])
    return b"".join(lines)


def encode(content: bytes, random: Random) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(random.choice(ENCODINGS), "replace")


def line_ends(content: bytes, random: Random) -> bytes:
    return content.replace(b"\n", random.choice([b"\r", b"\r\n", b"\0\n", "\u2028".encode()]))


def nothing(content: bytes, random: Random) -> bytes:
    return random.choice(
        [b"", b"\0" * 100, b"\n", b"\xff\xfe", b"PK\x03\x04", random.randbytes(99)]
    )


def pack(content: bytes, random: Random) -> bytes:
    return random.choice([gzip.compress, bz2.compress, lzma.compress])(content)


CHANGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    *(flip_bits, truncate, behead, insert_bytes, insert_token, replace_word, drop_block),
    *(repeat_block, shuffle_lines, change_line, encode, line_ends, replace_word, insert_token),
    *(flip_bits, flip_bits, nothing, pack),
)

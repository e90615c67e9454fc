"""The encoding of a file's text, told from its first bytes, and others that it may be in."""

from __future__ import annotations

import codecs
import sys
import unicodedata
from itertools import pairwise

_BY_MARK = {  # the mark of utf-32 begins with that of utf-16
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
MARKS = tuple(_BY_MARK)
"""The byte order marks that a file may begin with."""

_LOOKED_AT = 4096  # bytes
_SURE = 0.5
_NO_TEXT = ("Cc", "Cn", "Co", "Cs")
_SINGLE = ("cp1252", "latin-1")
_PAIRED = ("gb18030", "big5", "shift_jis", "euc_kr", "cp1251")


def has_byte_newlines(encoding: str) -> bool:
    r"""Whether a line's end is the byte ``\n``, and no other text holds a NUL byte.

    >>> has_byte_newlines("latin-1"), has_byte_newlines("utf-16")
    (True, False)
    """
    return "\n".encode(encoding) == b"\n"


def encoding_of(head: bytes, encoding: str) -> str:
    r"""The encoding that a text is in, which may be another one than is named.

    A byte order mark decides; and NUL bytes, which no other text holds, tell utf-16 and utf-32
    without a mark where what they stand for is text.

    Args:
        head: the first bytes.
        encoding: the one that is named.

    >>> encoding_of("Läufer".encode("utf-16-be"), "utf-8")
    'utf-16-be'
    >>> encoding_of(b"L\xe4ufer", "latin-1")
    'latin-1'
    """
    for mark, found in _BY_MARK.items():
        if head.startswith(mark):
            return found
    named = codecs.lookup(encoding).name
    if named in ("utf-16", "utf-32"):
        guessed = guessed_wide(head)
        fits = guessed is not None and guessed.startswith(named)
        return guessed if guessed and fits else f"{named}-{sys.byteorder[0]}e"
    if b"\0" not in head or not has_byte_newlines(encoding):
        return encoding
    return guessed_wide(head, _SURE) or encoding


def same_family(encoding: str, other: str) -> bool:
    """Whether two encodings differ in no more than a mark, or in an order that one leaves open.

    >>> same_family("utf-16", "utf-16-le"), same_family("utf-8-sig", "utf-8")
    (True, True)
    """
    first, second = (codecs.lookup(one).name for one in (encoding, other))
    return first == second or first in (second[: len("utf-16")], f"{second}-sig")


def looks_like_utf8(head: bytes, encoding: str) -> bool:
    r"""Whether bytes that are read in an encoding of other characters are UTF-8 beyond ASCII.

    >>> looks_like_utf8("Käse".encode(), "latin-1"), looks_like_utf8(b"K\xe4se", "latin-1")
    (True, False)
    """
    named = codecs.lookup(encoding).name
    if head.isascii() or named.startswith(("utf", "ascii")):
        return False
    return _is_text(head, "utf-8")


def likely_encodings(data: bytes, encoding: str) -> list[str]:
    """Other encodings in which some bytes are text, the likelier ones first.

    Args:
        data: lines that are not valid in the encoding named.
        encoding: the one that is named.
    """
    if not codecs.lookup(encoding).name.startswith("utf-8") and _is_text(data, "utf-8"):
        return ["utf-8"]
    high = [byte > 127 for byte in data]
    beside = sum(a and b for a, b in pairwise(high))
    # Letters with accents stand alone, Chinese and Cyrillic ones in rows.
    ordered = _SINGLE[:1] if 2 * beside < sum(high) else (*_PAIRED, *_SINGLE[:1])
    found = [one for one in ordered if one != encoding and _is_text(data, one)]
    return found or [one for one in _SINGLE[1:] if one != encoding]


def guessed_wide(head: bytes, share: float = 0.0) -> str | None:
    r"""The form of utf-16 or utf-32 in which the first bytes of a file are text, None for none.

    Args:
        head: the first bytes, without a mark.
        share: of the characters that are at least to be below 256, which tells the forms apart.

    >>> guessed_wide(b"a\0\n\0"), guessed_wide(b"\0a\0\n"), guessed_wide(b"\0\0")
    ('utf-16-le', 'utf-16-be', None)
    """
    shares = {}
    for name in _BY_MARK.values():
        if (width := {"2": 4, "6": 2}.get(name[5:6])) is None:
            continue
        part = head[: min(len(head), _LOOKED_AT) // width * width]
        zeros = part[width - 1 if name.endswith("le") else 0 :: width].count(0)
        if part and _is_text(part, name):
            shares[name] = zeros * width / len(part)
    best = max(shares, key=lambda name: shares[name], default=None)
    return best if best and shares[best] > share else None


def _is_text(data: bytes, encoding: str) -> bool:
    """Whether bytes, but for a character that is cut at the end, stand for characters of text."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError:
        return False
    return not any(
        unicodedata.category(letter) in _NO_TEXT for letter in {*text} - {*"\t\n\r\v\f\x1a"}
    )

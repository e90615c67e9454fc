"""Texts as a terminal can show them: no character acts on it, and it can print each of them."""

from __future__ import annotations

import codecs
import re

_ACTING = re.compile(
    # C0 and C1 controls but for the tab and the end of a line, ends of a line that only some
    # programs know, signs that turn the direction of what is around them, halves of characters.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)

_PLAIN = {
    **dict.fromkeys("‐‑‒–—―−─━╌╍═╴╶╸╺", "-"),
    **dict.fromkeys("│┃║", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛┡┩╇╈╔╗╚╝╠╣╦╩╬", "+"),
    **dict.fromkeys("█▉▊▋▌▍▎▏▇▆▅▄▃▂▁▀■▮", "#"),
    **dict.fromkeys("░▒▓·", "."),
    **dict.fromkeys("‘’‚", "'"),
    **dict.fromkeys("“”„", '"'),
    **dict.fromkeys("•∙●", "*"),
    **dict.fromkeys("\u00a0\u2009\u202f", " "),
    "…": "...",
    "→": "->",
    "←": "<-",
    "×": "x",
    "±": "+-",
    "≤": "<=",
    "≥": ">=",
}
"""Typographic characters, and what stands for them where a terminal has them not."""

PLAINLY = "seqtasks.plainly"
"""The name of a way to encode that never fails (`codecs.register_error`)."""


def printable(text: str) -> str:
    r"""A text whose control characters stand as escapes, the tab and the end of a line excepted.

    What a file holds can then neither move a terminal's cursor, nor colour, nor turn its text.

    >>> printable("a\x1b[31mb\r\n\u202ec\udcff")
    'a\\x1b[31mb\\r\n\\u202ec\\xff'
    """
    return _ACTING.sub(lambda found: _escape(found[0]), text)


def on_one_line(text: str) -> str:
    r"""A `printable` text without ends of lines and tabs, as a cell of a table takes it.

    >>> on_one_line("a\tb\nc")
    'a\\tb\\nc'
    """
    return printable(text).replace("\n", "\\n").replace("\t", "\\t")


def encodable(text: str, encoding: str) -> str:
    r"""A text with what an encoding lacks in characters that it has.

    >>> encodable("caf\u00e9 \u2013 \u4e2d\u2026", "cp1252") == "caf\u00e9 \u2013 \\u4e2d\u2026"
    True
    >>> encodable("caf\u00e9 \u2013 \u4e2d\u2026", "ascii")
    'caf\\xe9 - \\u4e2d...'
    """
    return text.encode(encoding, PLAINLY).decode(encoding)


def _escape(character: str) -> str:
    if "\udc80" <= character <= "\udcff":  # a byte of a name that is no text
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """What stands for characters that cannot be encoded, for `codecs`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_PLAIN.get(one) or _escape(one) for one in lacking), error.end


codecs.register_error(PLAINLY, _plainly)

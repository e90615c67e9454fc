"""Text from tokens as they come: only what no later token can change, up to a stop string."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from seqtasks.decoding.steps import expect

Decode = Callable[[Sequence[int]], str]
"""The text of some tokens; more tokens never change it, but for a character cut at its end."""

UNSETTLED = "�"
"""What stands for the bytes of a character whose other bytes are still to come."""


class StreamingDetokenizer:
    """The text of one row, written token by token.

    A token may hold a part of a character's bytes, and a text may hold the beginning of a stop
    string; such an end is held back until more tokens settle what it is.

    Args:
        decode: Gives the text of tokens.
        stop: Strings of which the first to be complete ends the text; it is cut off. Of two that
            end together the longer one is cut off.

    Attributes:
        ended: Whether a stop string was met.

    >>> transcript = StreamingDetokenizer(lambda tokens: "".join(map(chr, tokens)), stop=["END"])
    >>> [transcript.write(ord(letter)) for letter in "REND"]
    ['R', '', '', '']
    >>> transcript.ended, transcript.close()
    (True, '')
    """

    def __init__(self, decode: Decode, stop: Collection[str] = ()) -> None:
        self.decode, self.stop = decode, check_stop(stop)
        self.ended = False
        self._tail: list[int] = []  # the last tokens
        self._shown = 0  # how many characters of their text have gone to `_pass`
        self._held = ""  # the end of the text that may begin a stop string

    def write(self, token: int) -> str:
        """The text that one more token settles; empty once the text has ended."""
        if self.ended:
            return ""
        self._tail.append(token)
        text = self.decode(self._tail)
        settled = len(text) - text.endswith(UNSETTLED)
        new = text[self._shown : settled]
        self._shown = max(settled, self._shown)
        if len(self._tail) > 8:
            # What is unsettled has at most three bytes, all of them in the last three tokens.
            self._tail = self._tail[-4:]
            self._shown += len(self.decode(self._tail)) - len(text)
        return self._pass(new) if self.stop else new

    def close(self) -> str:
        """The text that was held back, once no more tokens come."""
        if self.ended:
            return ""
        rest = self._pass(self.decode(self._tail)[self._shown :])
        held = "" if self.ended else self._held
        self._tail, self._shown, self._held = [], 0, ""
        return rest + held

    def _pass(self, new: str) -> str:
        """What of the text is no stop string and cannot become one."""
        text = self._held + new
        found = [(at + len(stop), at) for stop in self.stop if (at := text.find(stop)) >= 0]
        if found:
            self.ended, self._held = True, ""
            return text[: min(found)[1]]
        held = max((_overlap(text, stop) for stop in self.stop), default=0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of a text begin a stop string that is not complete.

    >>> _overlap("to be or", "or not"), _overlap("to be", "or not")
    (2, 0)
    """
    longest = min(len(text), len(stop) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(stop[:size])), 0)


def check_stop(stop: Collection[str]) -> tuple[str, ...]:
    """Stop strings as a tuple; a single string counts as one.

    Raises:
        UsageError: One is empty, or no string.
    """
    strings = (stop,) if isinstance(stop, str) else tuple(stop)
    for string in strings:
        fits = isinstance(string, str) and bool(string)
        expect("stop", repr(string), fits, "strings of at least one character")
    return strings

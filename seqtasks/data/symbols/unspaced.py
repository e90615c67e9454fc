"""Text of scripts that are written without spaces, read character by character."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seqtasks.data.symbols.words import words_of

LOOKED_AT = 1000
"""The most frequent symbols tell how a text was cut; words of pretrained vectors come after."""

LONG = 8
"""Characters that words seldom have in such scripts, and sentences mostly have."""

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Tibetan, Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9d"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"  # Chinese characters
)
_RUN = "[A-Za-z0-9\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]"  # half and full width
_RUNS = re.compile(f"{_RUN}+")
_WHOLE = re.compile(f"{_RUN}+|.", re.DOTALL)


def are_characters(symbols: Sequence[str]) -> bool:
    """Whether symbols are the characters of a text that is written without spaces.

    Args:
        symbols: the most frequent first. Half of them belong to such a script, and of these
            nearly all are single characters; words of that script would be longer.

    >>> are_characters(["的", "国", "中", "，", "A"]), are_characters(["的", "中国", "今天"])
    (True, False)
    >>> are_characters(["a", "b", "c"])
    False
    """
    some = symbols[:LOOKED_AT]
    lengths = [len(symbol) for symbol in some if _UNSPACED.search(symbol)]
    single = lengths.count(1)
    return single > 0 and 2 * len(lengths) >= len(some) and single >= 0.95 * len(lengths)


def are_sentences(symbols: Sequence[str]) -> bool:
    """Whether symbols are what stands between the spaces of a text that parts no words by spaces.

    Args:
        symbols: the most frequent first. Half of them belong to such a script, and of these half
            are long.

    >>> are_sentences(["今天天气很好。", "酒店的服务太差了", "好", "房间干净，早餐不错"])
    True
    >>> are_sentences(["今天", "天气", "很", "好"]), are_sentences(["internationally"])
    (False, False)
    """
    some = symbols[:LOOKED_AT]
    lengths = [len(symbol) for symbol in some if _UNSPACED.search(symbol)]
    long = sum(length >= LONG for length in lengths)
    return 0 < len(some) <= 2 * len(lengths) <= 4 * long


def are_runs_whole(symbols: Sequence[str]) -> bool:
    """Whether Latin words and numbers are symbols as wholes among such characters.

    >>> are_runs_whole(["的", "NBA", "2008", "3"]), are_runs_whole(["的", "N", "B", "A"])
    (True, False)
    """
    runs = [len(symbol) for symbol in symbols[:LOOKED_AT] if _RUNS.fullmatch(symbol)]
    return sum(length > 1 for length in runs) > 0.1 * len(runs)


def characters(text: str, whole_runs: bool = False) -> list[str]:
    """The characters of a text without its white space.

    Args:
        text: raw.
        whole_runs: Latin words and numbers stay whole.

    >>> characters("我 爱NBA"), characters("我 爱NBA", whole_runs=True)
    (['我', '爱', 'N', 'B', 'A'], ['我', '爱', 'NBA'])
    """
    words = words_of(text)
    if not whole_runs:
        return list("".join(words))
    return [piece for word in words for piece in _WHOLE.findall(word)]

"""Words of a language that is written without spaces."""

from __future__ import annotations

import functools
import logging
import warnings
from typing import Any

from seqtasks.errors import UsageError


@functools.cache
def _jieba() -> Any:
    """The segmenter, its dictionary loaded.

    Raises:
        UsageError: it is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its own age
            import jieba
    except ImportError:
        raise UsageError(
            "level=jieba needs the package jieba: pip install 'seqtasks[chinese]'; or read "
            "characters: level=character"
        ) from None
    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    return jieba


def segmented(text: str) -> str:
    """A Chinese text with a space between its words, found by jieba.

    Raises:
        UsageError: jieba is not installed.
    """
    return " ".join(word for word in _jieba().lcut(text) if not word.isspace())

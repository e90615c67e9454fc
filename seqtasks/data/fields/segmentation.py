"""The words of Chinese text, which is written without spaces."""

from __future__ import annotations

import functools
import logging
import warnings
from typing import Any

from seqtasks.errors import UsageError


@functools.cache
def _jieba() -> Any:
    """The module jieba with its dictionary loaded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the package's own age
            import jieba
    except ImportError:
        raise UsageError(
            "words of Chinese text need the package jieba: pip install 'seqtasks[chinese]'; or "
            "read characters"
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

"""Scores and options as JSON, which has no infinity and no NaN."""

from __future__ import annotations

import json
import math
from typing import Any


def finite(value: Any) -> Any:
    """A plain value with None for each number in it that JSON does not know.

    >>> finite({"loss": math.inf, "rows": (1, math.nan)})
    {'loss': None, 'rows': [1, None]}
    """
    if isinstance(value, dict):
        return {name: finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def json_text(value: Any, indent: int | None = 2) -> str:
    """A plain value as JSON that every reader of JSON takes.

    >>> json_text(math.nan)
    'null'
    """
    return json.dumps(finite(value), indent=indent, ensure_ascii=False, allow_nan=False)

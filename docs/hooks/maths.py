"""Equations: what a ``math`` block holds becomes MathML, which browsers draw without a script."""

from __future__ import annotations

from typing import Any

from latex2mathml.converter import convert


def on_config(config: Any) -> Any:
    """Let the highlighter of fenced blocks give those of ``math`` to `equations`."""
    fences = {"custom_fences": [{"name": "math", "class": "math", "format": equations}]}
    config.mdx_configs.setdefault("pymdownx.superfences", {}).update(fences)
    return config


def equations(source: str, *_: Any, **__: Any) -> str:
    """One equation a line, in LaTeX, as MathML."""
    lines = [line.removesuffix("\\\\") for line in source.splitlines() if line.strip()]
    return f'<div class="math">{"".join(convert(line, display="block") for line in lines)}</div>'

"""The language of a page, which says to browsers which forms of its characters to draw."""

from __future__ import annotations

from typing import Any

LANGUAGES = {"zh/": "zh-Hans"}
"""Folders of pages that are not in English."""


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Name the language of the pages of a folder in place of the theme's."""
    for folder, language in LANGUAGES.items():
        if page.file.src_uri.startswith(folder):
            output = output.replace('<html lang="en"', f'<html lang="{language}"', 1)
    return output

"""Links of the README and between pages lead to files that are there."""

from __future__ import annotations

import re

import pytest
from documented import PAGES, links, name


def anchors(page):
    """What GitHub calls each heading of a page, where the site calls it the same."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for heading in re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE):
        plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        called = re.sub(r"[^\w\s-]", "", plain).strip().replace(" ", "-")
        if called == re.sub("-+", "-", called).strip("-"):
            yield called


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_files(page):
    for link in links(page):
        place, _, anchor = link.partition("#")
        target = page.parent / place if place else page
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link

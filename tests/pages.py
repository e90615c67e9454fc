"""What every HTML page has to be: well formed, and sufficient to itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"meta", "line", "polyline"}


class Checked(HTMLParser):
    """Notes that every element is closed, and what the page would load."""

    def __init__(self):
        super().__init__()
        self.open, self.loads, self.headings = [], [], []

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append(tag)
        names = dict(attributes)
        self.loads += [names[n] for n in ("src", "href", "action", "srcset") if n in names]
        assert not any(name.startswith("on") for name in names)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "h2":
            self.headings.append(data)


def checked(path):
    text = path.read_text(encoding="utf-8")
    parser = Checked()
    parser.feed(text)
    assert parser.open == []
    assert parser.loads == []
    assert "<script" not in text
    assert not re.search(r"url\(|@import|https?://(?!pypi)", text.split("<body>")[0])
    return text, parser.headings

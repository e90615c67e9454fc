"""Text from the templates beside this module; texts in HTML are escaped."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

TEMPLATES = Environment(
    loader=PackageLoader("seqtasks.reporting"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
TEMPLATES.policies["json.dumps_kwargs"] = {"ensure_ascii": False}


def render(template: str, **values: Any) -> str:
    """A template with its values; it is an error to leave out one that the template uses.

    >>> page = dict(name="<run>", command="a & b", tiles=[], tested_on="test", sections=[])
    >>> "<title>&lt;run&gt;: report</title>" in render("report.html", configuration="", **page)
    True
    """
    return TEMPLATES.get_template(template).render(values)

"""Text from the templates beside this module; texts in HTML are escaped, controls everywhere."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from seqtasks.cli.printable import printable
from seqtasks.inspection.palette import style
from seqtasks.reporting.markdown import code, plain


def _shown(value: Any) -> Any:
    """What a template prints of a value: a text without characters that act on a screen."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


TEMPLATES = Environment(
    loader=PackageLoader("seqtasks.reporting"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    finalize=_shown,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
TEMPLATES.filters |= {"plain": plain, "code": code}
TEMPLATES.globals["palette"] = Markup(style())
TEMPLATES.policies["json.dumps_kwargs"] = {"ensure_ascii": False}


def render(template: str, **values: Any) -> str:
    """A template with its values; it is an error to leave out one that the template uses.

    >>> page = dict(name="<run>", command="a & b", tiles=[], tested_on="test", sections=[])
    >>> "<title>&lt;run&gt;: report</title>" in render("report.html", configuration="", **page)
    True
    """
    return TEMPLATES.get_template(template).render(values)

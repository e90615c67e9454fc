"""Values that a command line's grammar does not read as they are typed, such as names of files."""

from __future__ import annotations

from collections.abc import Iterable

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException


def quoted(arguments: Iterable[str]) -> list[str]:
    """The arguments, with quotes around values and items of lists that only then can be read.

    Hydra's grammar knows ASCII letters and some signs. What it can read stays as it is; so does
    what holds a comma, which parts the values of several runs.

    >>> quoted(["task=tagging", "data.train=reviews (1).csv", "data.val=[größe.txt,b.txt]"])
    ['task=tagging', "data.train='reviews (1).csv'", "data.val=['größe.txt',b.txt]"]
    """
    return [_quoted(argument) for argument in arguments]


def _quoted(argument: str) -> str:
    name, equals, value = argument.partition("=")
    if not equals or argument.startswith("-") or _readable(argument):
        return argument
    if value.startswith("[") and value.endswith("]"):
        items = [_quoted(f"x={item.strip()}")[2:] for item in value[1:-1].split(",")]
        changed = f"{name}=[{','.join(items)}]"
    elif "," in value:
        return argument
    else:
        changed = f"{name}={in_quotes(value)}"
    return changed if _readable(changed) else argument


def in_quotes(value: str) -> str:
    r"""A value in quotes, with the quotes inside escaped, and the backslashes before them.

    >>> print(in_quotes("a'b"))
    'a\'b'
    """
    parts = value.split("'")
    return "'" + "\\'".join(part + "\\" * _backslashes(part) for part in parts) + "'"


def _backslashes(text: str) -> int:
    """How many backslashes a text ends in."""
    return len(text) - len(text.rstrip("\\"))


def _readable(argument: str) -> bool:
    try:
        OverridesParser.create().parse_override(argument)
    except HydraException:
        return False
    return True

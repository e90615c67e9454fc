"""A sheet to draw on, and the fonts for what is written there; the part that needs matplotlib."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from seqtasks.errors import SeqtasksError

FORMATS = (".png", ".svg")
"""Endings of a picture's name."""

INK, FAINT, PAPER = "#24292f", "#8c959f", "#ffffff"
MISSING = "□"
"""Stands for a character that no font of the machine can draw."""

LARGEST = 100.0
"""Inches that a picture may be high."""

STYLE: dict[Any, Any] = {
    "font.size": 9.0,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.unicode_minus": True,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": "#d8dee4",
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "figure.facecolor": PAPER,
    "savefig.dpi": 150,
    "svg.hashsalt": "seqtasks",
}


def require() -> Any:
    """The module matplotlib.

    Raises:
        SeqtasksError: it is not installed.
    """
    try:
        import matplotlib
    except ImportError as error:
        raise SeqtasksError(
            "a picture needs matplotlib: pip install 'seqtasks[plot]', or write a .json file"
        ) from error
    return matplotlib


@contextmanager
def drawing(texts: Iterable[str] = ()) -> Iterator[Fonts]:
    """Within the context matplotlib draws in the package's style, whatever the user's is.

    Args:
        texts: what is to be written beside plain English.

    Yields:
        The fonts, which know what they can draw.

    Raises:
        SeqtasksError: matplotlib is not installed.
    """
    matplotlib = require()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        given = set().union(*texts)
        fonts = Fonts(given)
        # In a user's text a dollar sign is a dollar sign.
        own: dict[Any, Any] = {"font.family": fonts.families, "text.parse_math": not given}
        matplotlib.rcParams.update({**STYLE, **own})
        yield fonts


class Fonts:
    """Families that together draw as many of the wanted characters as the machine can.

    Args:
        wanted: characters.

    Attributes:
        families: names, to be tried in this order.
        missing: wanted characters that no font has.
    """

    def __init__(self, wanted: Iterable[str]) -> None:
        from matplotlib import font_manager

        self.families = ["DejaVu Sans"]
        path = font_manager.findfont("DejaVu Sans")
        self.missing = {c for c in wanted if not _has(path, c)}
        for entry in sorted(font_manager.fontManager.ttflist, key=_preference):
            if not self.missing:
                break
            if entry.name.startswith("Last Resort"):  # has a box for everything
                continue
            if any(_has(entry.fname, character) for character in self.missing):
                face = font_manager.FontProperties(family=[entry.name])  # what it is drawn with
                path = font_manager.findfont(face)
                found = {c for c in self.missing if _has(path, c)}
                self.families += [entry.name] if found else []
                self.missing -= found

    def drawable(self, text: str) -> str:
        """The text with a box for each character that cannot be drawn."""
        return "".join(MISSING if character in self.missing else character for character in text)

    @property
    def note(self) -> str:
        """What to say of the characters that are missing; empty if none is."""
        if not self.missing:
            return ""
        return (
            f"{MISSING} stands for {len(self.missing)} characters that no installed font has; "
            "Noto Sans has fonts for every script"
        )


def save(figure: Any, path: Path) -> None:
    """Write a picture in the format of its ending.

    Raises:
        SeqtasksError: the place cannot be written.
    """
    try:
        metadata = {"Date": None} if path.suffix.lower() == ".svg" else None
        figure.savefig(path, metadata=metadata)
    except OSError as error:
        raise SeqtasksError(f"cannot write {path}: {error.strerror or error}") from error


def _has(path: str, character: str) -> bool:
    """Whether a font file has a character; one that cannot be read has none."""
    from matplotlib import font_manager

    try:
        return bool(font_manager.get_font(path).get_char_index(ord(character)))
    except (OSError, RuntimeError):
        return False


def _preference(entry: Any) -> tuple[bool, bool, str]:
    """Plain upright sans serifs before all others, then by name."""
    plain = entry.style == "normal" and entry.weight in (400, "normal", "regular")
    return (not plain, "sans" not in entry.name.lower(), entry.name)

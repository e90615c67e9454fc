"""What all pictures share: matplotlib in the package's style, fonts for any script, saving."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from seqtasks.errors import SeqtasksError
from seqtasks.files.replacing import replacing

FORMATS = (".png", ".svg")
"""Endings of a picture's name."""

INK, FAINT = "#24292f", "#8c959f"
MISSING = "□"
"""Stands for a character that no font of the machine can draw."""

MAX_INCHES = 100.0
"""The largest height or width of a picture."""

_STYLE: dict[Any, Any] = {
    "font.size": 9.0,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": "#d8dee4",
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "savefig.dpi": 150,
    "svg.hashsalt": "seqtasks",
}


def import_matplotlib() -> Any:
    """The module matplotlib.

    Raises:
        SeqtasksError: matplotlib is not installed.
    """
    try:
        import matplotlib
    except ImportError as error:
        raise SeqtasksError(
            "a picture needs matplotlib: pip install 'seqtasks[plot]', or write a .json file"
        ) from error
    return matplotlib


@contextmanager
def drawing(path: Path, texts: Iterable[str] = (), **options: Any) -> Iterator[tuple[Any, Fonts]]:
    """A new figure in the package's style instead of the user's, which is saved in the end.

    Args:
        path: ends in .png or .svg, the format of the file.
        texts: the texts to be written beside plain English.
        options: of matplotlib's ``Figure``.

    Yields:
        The figure, and the fonts for the texts.

    Raises:
        SeqtasksError: matplotlib is not installed, or the file cannot be written.
    """
    matplotlib = import_matplotlib()
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        given = set().union(*texts)
        fonts = Fonts(given)
        # A dollar sign in a user's text does not begin a formula.
        own: dict[Any, Any] = {"font.family": fonts.families, "text.parse_math": not given}
        matplotlib.rcParams.update({**_STYLE, **own})
        figure = Figure(**options)
        yield figure, fonts
        metadata = {"Date": None} if path.suffix.lower() == ".svg" else None
        try:
            with replacing(path, parents=False) as part:
                figure.savefig(part, format=path.suffix.lower()[1:], metadata=metadata)
        except OSError as error:
            raise SeqtasksError(f"cannot write {path}: {error.strerror or error}") from error


class Fonts:
    """Font families that together have as many of the wanted characters as the machine's fonts can.

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
            if entry.name.startswith("Last Resort"):  # draws a box for every character
                continue
            if any(_has(entry.fname, character) for character in self.missing):
                # Matplotlib may take another file of the family than the entry's.
                path = font_manager.findfont(font_manager.FontProperties(family=[entry.name]))
                found = {c for c in self.missing if _has(path, c)}
                self.families += [entry.name] if found else []
                self.missing -= found

    def drawable(self, text: str) -> str:
        """The text with a box in place of each character that no font has."""
        return "".join(MISSING if character in self.missing else character for character in text)

    @property
    def note(self) -> str:
        """A note on the missing characters; empty if there are none."""
        if not self.missing:
            return ""
        return (
            f"{MISSING} stands for {len(self.missing)} characters that no installed font has; "
            "Noto Sans has fonts for every script"
        )


def _has(path: str, character: str) -> bool:
    """Whether a font file has a character; a file that cannot be read has none."""
    from matplotlib import font_manager

    try:
        return bool(font_manager.get_font(path).get_char_index(ord(character)))
    except (OSError, RuntimeError):
        return False


def _preference(entry: Any) -> tuple[bool, bool, str]:
    """A key that sorts plain upright sans serifs before all others, then by name."""
    plain = entry.style == "normal" and entry.weight in (400, "normal", "regular")
    return (not plain, "sans" not in entry.name.lower(), entry.name)

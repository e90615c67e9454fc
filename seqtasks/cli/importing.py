"""Imports of large packages without looking for garbage, of which they leave none."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing() -> Iterator[None]:
    """Within it Python does not look for garbage; what is there at its end is never looked at.

    torch and Lightning make some hundred thousand objects that stay. To look through them, as
    Python does again and again while they grow, takes longer than many an answer. Nothing changes
    in a process that has torch already, whose own objects come and go.
    """
    if "torch" in sys.modules or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()

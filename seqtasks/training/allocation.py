"""Memory that a training gives back is kept for its next step."""

from __future__ import annotations

import ctypes
import os
import platform

MMAP_THRESHOLD, TRIM_THRESHOLD = -3, -1
"""Numbers of glibc's options in ``mallopt``."""

LARGEST = 32 * 2**20
"""Bytes of a block that is kept; glibc allows no more."""

KEPT = 256 * 2**20
"""Bytes at the end of the heap that are kept at most."""


def keep_memory() -> bool:
    """Tell glibc to keep freed blocks, where the C library is glibc and nobody has told it else.

    Each step of a training asks for the same large blocks. glibc gives them back to the system when
    they are freed and gets them again page by page.

    Returns:
        Whether it was told.
    """
    told = any(name.startswith("MALLOC_") for name in os.environ) or "GLIBC_TUNABLES" in os.environ
    if told or platform.libc_ver()[0] != "glibc" or "LD_PRELOAD" in os.environ:
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return bool(mallopt(MMAP_THRESHOLD, LARGEST)) and bool(mallopt(TRIM_THRESHOLD, KEPT))

"""A trained model as a folder of plain files."""

from seqtasks.bundle.bundle import Bundle, load, save, with_weights
from seqtasks.bundle.files import MANIFEST, WEIGHTS, checksum

__all__ = ["MANIFEST", "WEIGHTS", "Bundle", "checksum", "load", "save", "with_weights"]

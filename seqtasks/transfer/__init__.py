"""Starting from another model."""

from seqtasks.transfer.transfer import Transfer

__all__ = ["Transfer"]

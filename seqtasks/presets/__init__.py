"""What a person leaves open, decided by the files: sizes, dropout, batches, rates, epochs."""

from seqtasks.presets.decision import Decision

__all__ = ["Decision"]

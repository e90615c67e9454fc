"""The one recurrent encoder under every task."""

from seqtasks.encoder.stack import RecurrentEncoder

__all__ = ["RecurrentEncoder"]

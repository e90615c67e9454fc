"""One table of vectors for two embeddings."""

from __future__ import annotations

from seqtasks.embedding import TokenEmbedding
from seqtasks.errors import UsageError


def tie_source(source: TokenEmbedding, target: TokenEmbedding) -> None:
    """Let an encoder read by the vectors of the decoder.

    With a tied output layer all three are one table: Press and Wolf 2017, "Using the output
    embedding to improve language models", section 4.2.

    Args:
        source: of the encoder; its own table is forgotten.
        target: of the decoder.

    Raises:
        UsageError: they have other symbols or sizes, or start from different files.
    """
    if source.symbols != target.symbols:
        raise UsageError(
            f"it is for one vocabulary on both sides, not of {len(source.symbols):,} and "
            f"{len(target.symbols):,} symbols; let the source share the target's: "
            "data.source.like=target",
            option="tied_source",
        )
    if source.output_size != target.output_size:
        raise UsageError(
            f"it is for vectors of one size, not of {source.output_size} and "
            f"{target.output_size}; set `embedding.embedding_dim`={target.output_size}",
            option="tied_source",
        )
    if (source.vectors, source.tuning) != (target.vectors, target.tuning):
        raise UsageError(
            "it is for one table; set vectors and tuning of `embedding` to those of "
            "`decoder.embedding`",
            option="tied_source",
        )
    source.table.weight = target.table.weight

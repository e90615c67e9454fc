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
    wrong = ""
    if source.symbols != target.symbols:
        sizes = f"{len(source.symbols):,} and {len(target.symbols):,} symbols"
        wrong = f"one vocabulary, not {sizes}: set data.source.share_vocabulary_with=target"
    elif (size := target.output_size) != source.output_size:
        sizes = f"{source.output_size} and {size} features"
        wrong = f"vectors of one size, not {sizes}; set `embedding.embedding_dim`={size}"
    elif (source.vectors, source.tuning) != (target.vectors, target.tuning):
        wrong = "one table; set vectors and tuning of `embedding` to those of `decoder.embedding`"
    if wrong:
        raise UsageError(f"it needs {wrong}", option="tied_source")
    source.table.weight = target.table.weight

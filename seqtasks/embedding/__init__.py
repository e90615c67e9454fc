"""What an encoder reads: tokens, their spelling and case, or vectors as they are."""

from seqtasks.embedding.convolution import ConvolutionalSpelling
from seqtasks.embedding.input import InputEmbedding
from seqtasks.embedding.spelling import SpellingEncoder
from seqtasks.embedding.tokens import TokenEmbedding
from seqtasks.embedding.vectors import VectorProjection

__all__ = [
    "ConvolutionalSpelling",
    "InputEmbedding",
    "SpellingEncoder",
    "TokenEmbedding",
    "VectorProjection",
]

"""The parts of an example, and how each becomes numbers."""

from seqtasks.data.fields.characters import CharacterField
from seqtasks.data.fields.field import Field
from seqtasks.data.fields.labels import LabelField, TagField
from seqtasks.data.fields.tokens import TokenField
from seqtasks.data.fields.vectors import VectorField

__all__ = ["CharacterField", "Field", "LabelField", "TagField", "TokenField", "VectorField"]

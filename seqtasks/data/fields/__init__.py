"""Fields: the parts of an example, each with its encoding as numbers."""

from seqtasks.data.fields.case import CaseField
from seqtasks.data.fields.characters import CharacterField
from seqtasks.data.fields.copies import CopyField
from seqtasks.data.fields.field import Field
from seqtasks.data.fields.label_sets import LabelSetField
from seqtasks.data.fields.labels import LabelField
from seqtasks.data.fields.number import NumberField
from seqtasks.data.fields.series import VectorSequenceField
from seqtasks.data.fields.synchronous import SynchronousField
from seqtasks.data.fields.tags import TagField
from seqtasks.data.fields.tokens import TokenField
from seqtasks.data.fields.vectors import VectorField

__all__ = [
    "CaseField",
    "CharacterField",
    "CopyField",
    "Field",
    "LabelField",
    "LabelSetField",
    "NumberField",
    "SynchronousField",
    "TagField",
    "TokenField",
    "VectorField",
    "VectorSequenceField",
]

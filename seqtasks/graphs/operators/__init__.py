"""What ONNX says for each operator of torch that a traced model can have."""

from seqtasks.graphs.operators import pointwise, products, reductions, shapes
from seqtasks.graphs.operators.table import OPERATORS, Operand, Weight

__all__ = ["OPERATORS", "Operand", "Weight", "pointwise", "products", "reductions", "shapes"]

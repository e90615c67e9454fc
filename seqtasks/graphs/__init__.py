"""A trained model as graphs that run without torch's weights: ONNX."""

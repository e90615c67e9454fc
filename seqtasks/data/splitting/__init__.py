"""Training, validation and test examples: what has no file is taken off the training examples."""

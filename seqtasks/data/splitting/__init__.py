"""Training, validation and test examples; splits without files come from the training examples."""

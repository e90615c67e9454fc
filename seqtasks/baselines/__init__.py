"""What a model has to beat: scores of methods without a network."""

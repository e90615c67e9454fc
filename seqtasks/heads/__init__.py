"""What sits on the encoder: from its outputs to labels, tokens and their loss."""

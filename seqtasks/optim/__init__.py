"""The steps of the optimizer: what they minimise, and at which rates."""

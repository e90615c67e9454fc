"""Encoded examples as flat arrays."""

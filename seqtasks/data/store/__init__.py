"""Encoded examples, stored as flat arrays in memory or in files."""

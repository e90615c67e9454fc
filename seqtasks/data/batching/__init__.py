"""Batches of encoded examples, by length or as streams of running text."""

"""Symbols of raw texts: how they are counted, learnt, and turned into numbers quickly."""

"""Runs beside each other: scores and how sure they are, curves, options, time and memory."""

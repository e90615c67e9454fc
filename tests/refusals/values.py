"""Rows."""

ROWS: dict = {}

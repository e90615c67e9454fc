"""Predictions on files of any size: one record in, one record out, bad ones marked."""

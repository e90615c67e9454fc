"""Learning rates: their schedules, and groups of parameters by layer."""

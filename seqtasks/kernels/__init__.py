"""How a recurrence runs fast: torch's kernels, unrolled steps, scans, ragged schedules."""

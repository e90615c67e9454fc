"""How a recurrence runs fast: torch's kernels, scans, loops with a backward pass, schedules."""

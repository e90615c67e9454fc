"""From files to batches: readers, fields, splits, stores of encoded examples, batching."""

"""Files in, batches out: readers, fields, splits, batching."""

"""Records and encoded examples in files, and the cache that keeps them."""

"""A search for better options: runs one after the other, each by what those before it showed."""

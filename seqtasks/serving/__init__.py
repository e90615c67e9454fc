"""A trained model behind HTTP: requests gathered into batches, text streamed, a page to try it."""

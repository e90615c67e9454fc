"""The one way from raw inputs to answers: of some records, of a file, of a language model."""

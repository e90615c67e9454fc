"""The models that the gauntlet predicts with, never trained; their output is fixed by a seed."""

MODELS = {
    "tagger": ["task=tagging", "data.tokens.max_length=40"],
    "classifier": ["task=classification"],
    "translator": ["task=translation"],
    "generator": ["task=generation", "data.train.sentences=80"],
    "pairs": ["task=classification", "+field@data.pair=pair", "data.pair.column=tokens"],
    "characters": ["task=translation", "data.source.level=character"],
}

"""Refusals that have no row yet; the list only gets shorter."""

WAITING = {
    "prediction.text_generator:TextGenerator.started#3",
}

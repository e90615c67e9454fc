"""Adjectives, by where they stand in French and by what they may be said of.

Each list runs from the most frequent word to the rarest; ``+`` and ``-`` mark the pleasant and
the unpleasant ones. An irregular feminine also needs a line in ``french.py``.
"""

from seqtasks.data.sample.lexeme import lexemes

SIZE_ADJECTIVES = lexemes(
    """
    old vieux|vieil; small petit; big grand; young jeune; pretty joli; new nouveau|nouvel;
    long long; beautiful beau|bel; good bon; bad mauvais; fat gros
    """,
    "ADJ",
)
"""Those before the noun in French as in English."""

PERSON_ADJECTIVES = lexemes(
    """
    -sad triste; +happy heureux; calm calme; patient patient; fast rapide; +kind aimable;
    -cruel cruel; free libre; +brave courageux; -lazy paresseux; early matinal;
    -tired fatigué; +clever intelligent; -angry furieux; rich riche; warm chaleureux;
    -jealous jaloux; +honest honnête; open ouvert; -stupid stupide; famous célèbre; +funny drôle;
    hungry affamé; -mean méchant; +generous généreux; shy timide; curious curieux;
    +polite poli; -rude impoli; blind aveugle; proud fier; +faithful fidèle; -anxious inquiet;
    tall grand; serious sérieux; +loyal loyal; wild sauvage; slow lent; strange étrange
    """,
    "ADJ",
)

THING_ADJECTIVES = lexemes(
    """
    light léger; -useless inutile; +useful utile; open ouvert; red rouge; clean propre;
    hard dur; empty vide; -ugly laid; dry sec; late tardif; warm chaud; white blanc;
    +perfect parfait; black noir; cold froid; blue bleu; fast rapide; early précoce; calm calme;
    green vert; +magnificent magnifique; -dirty sale; heavy lourd; round rond; grey gris;
    yellow jaune; -dangerous dangereux; expensive cher; +wonderful merveilleux;
    -terrible terrible; modern moderne; narrow étroit; dark sombre; simple simple; fresh frais;
    deep profond; short court; strange étrange
    """,
    "ADJ",
)

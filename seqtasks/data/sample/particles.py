"""Words that are neither nouns, verbs nor adjectives: the small words and the adverbs."""

from seqtasks.data.sample.lexeme import Agreement, Lexeme, lexemes

SINGULAR_DETERMINERS = lexemes(
    """
    the le; a|an un; her son; that ce; this ce; his son; my mon; every chaque; your votre;
    our notre; their leur
    """,
    "DET",
)

PLURAL_DETERMINERS = lexemes(
    """
    the le; some un; her son; these ce; his son; my mon; those ce; our notre; your votre;
    their leur
    """,
    "DET",
)

NUMERALS = lexemes(
    """
    two deux; three trois; four quatre; ten dix; five cinq; six six; eight huit; twelve douze;
    seven sept; twenty vingt; nine neuf; eleven onze
    """,
    "NUM",
)


def _pronoun(english: str, french: str, person: int, plural: bool, feminine: bool) -> Lexeme:
    return Lexeme(english, french, "PRON", agreement=Agreement(person, plural, feminine))


SUBJECT_PRONOUNS = [
    _pronoun("she", "elle", 3, False, True),
    _pronoun("he", "il", 3, False, False),
    _pronoun("they", "ils", 3, True, False),
    _pronoun("I", "je|j'", 1, False, False),
    _pronoun("we", "nous", 1, True, False),
    _pronoun("you", "vous", 2, True, False),
]
OBJECT_PRONOUNS = lexemes("her la|l'; him le|l'; them les", "PRON")
DATIVE_PRONOUNS = lexemes("her lui; him lui; them leur", "PRON")
STRESSED_PRONOUNS = lexemes("her elle; him lui; them eux", "PRON")
QUESTION_PRONOUNS = lexemes("who qui", "PRON")

BE = lexemes("be être", "AUX")
CAN = lexemes("can pouvoir", "AUX")
DO = lexemes("do faire", "AUX")
WILL = lexemes("will aller", "AUX")

PLACE_PREPOSITIONS = lexemes(
    """
    in dans; outside hors de|d'; near près de|d'; inside à l' intérieur de|d'; behind derrière;
    around autour de|d'; opposite en face de|d'
    """,
    "ADP",
)
PERSON_PREPOSITIONS = lexemes(
    "with avec; like comme; for pour; without sans; near près de|d'; behind derrière", "ADP"
)
EVENT_PREPOSITIONS = lexemes(
    "during pendant; since depuis; after après; before avant; until jusqu' à", "ADP"
)
CONJUNCTIONS = lexemes(
    "because parce que|qu'; since puisque|puisqu'; while tandis que|qu'", "SCONJ"
)

FREQUENCY_ADVERBS = lexemes(
    """
    often souvent; always toujours; really vraiment; rarely rarement; usually habituellement;
    openly ouvertement; secretly secrètement; regularly régulièrement
    """,
    "ADV",
)
MANNER_ADVERBS = lexemes(
    """
    well bien; fast vite; hard durement; early tôt; late tard; long longtemps; slowly lentement;
    badly mal; carefully prudemment; quietly silencieusement; proudly fièrement;
    loudly bruyamment; happily joyeusement; sadly tristement; patiently patiemment;
    politely poliment; bravely courageusement
    """,
    "ADV",
)
PLACE_ADVERBS = lexemes(
    """
    outside dehors; here ici; inside dedans; there là; upstairs en haut; downstairs en bas;
    everywhere partout
    """,
    "ADV",
)
DEGREE_ADVERBS = lexemes(
    "very très; pretty plutôt; too trop; quite assez; extremely extrêmement", "ADV"
)
SENTENCE_ADVERBS = lexemes(
    """
    sometimes parfois; fortunately heureusement; suddenly soudain; unfortunately malheureusement;
    generally généralement; finally finalement; naturally naturellement
    """,
    "ADV",
)

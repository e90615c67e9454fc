"""Verbs, by what may follow them; ``+`` and ``-`` mark the pleasant and the unpleasant ones.

Each list runs from the most frequent word to the rarest; add a word where its frequency puts it.
The past of an English verb differs from its base form, or a sentence could be read in two tenses;
a verb is in no two lists that the same words can follow (*loves her well* is only a person).
An irregular verb also needs a line in ``english.py`` or ``conjugation.py``.
"""

from seqtasks.data.sample.lexeme import lexemes

INTRANSITIVE_VERBS = lexemes(
    """
    -cry pleurer; +smile sourire; cook cuisiner; -suffer souffrir; walk marcher; dance danser;
    +laugh rire; sleep dormir; work travailler; -fail échouer; +succeed réussir; fly voler;
    talk parler; dream rêver; wait attendre; -fall tomber; +shine briller; rise monter;
    sing chanter; -lie mentir; run courir; eat manger; camp camper; +triumph triompher;
    -tremble trembler; swim nager; travel voyager; march défiler; arrive arriver;
    sneeze éternuer; -cough tousser; whistle siffler; snore ronfler; vote voter;
    hesitate hésiter; +progress progresser; -grumble grogner; -limp boiter
    """,
    "VERB",
)

TRANSITIVE_VERBS = lexemes(
    """
    +love adorer; -hate détester; watch regarder; +like aimer; -fear craindre; guard garder;
    see voir; +admire admirer; -forget oublier; find trouver; paint peindre;
    +protect protéger; -lose perdre; follow suivre; +save sauver; -despise mépriser;
    seek chercher; hide cacher; draw dessiner; +appreciate apprécier; touch toucher;
    choose choisir; +defend défendre; -ignore ignorer; carry porter; describe décrire
    """,
    "VERB",
)

PERSON_VERBS = lexemes(
    """
    -insult insulter; +help aider; guide guider; -blame accuser; +thank remercier; judge juger;
    +nurse soigner; call appeler; -attack attaquer; host accueillir; +free libérer;
    -betray trahir; coach entraîner; invite inviter; +kiss embrasser; -punish punir;
    calm calmer; meet rencontrer; bear supporter; -fool tromper; wake réveiller; dress habiller;
    +encourage encourager; -threaten menacer; greet saluer; +comfort consoler;
    -bother déranger; +reward récompenser; -arrest arrêter; hire embaucher; -scare effrayer
    """,
    "VERB",
)

THING_VERBS = lexemes(
    """
    -break casser; +repair réparer; light allumer; open ouvrir; -steal voler; book réserver;
    buy acheter; clean nettoyer; brush brosser; +decorate décorer; plant planter; cover couvrir;
    -destroy détruire; drink boire; lock verrouiller; empty vider; record enregistrer;
    warm chauffer; wash laver; sell vendre; eat manger; dry sécher; bring apporter; use utiliser;
    keep conserver; throw jeter; build construire; make fabriquer; -waste gaspiller;
    weigh peser; park garer; +polish polir
    """,
    "VERB",
)

PLACE_VERBS = lexemes(
    """
    leave quitter; visit visiter; -avoid éviter; cross traverser; explore explorer; clean nettoyer
    """,
    "VERB",
)

TRANSFER_VERBS = lexemes(
    """
    give donner; -refuse refuser; +offer offrir; present présenter; show montrer; send envoyer;
    lend prêter; promise promettre; return rendre; explain expliquer; ship expédier
    """,
    "VERB",
)

MOTION_VERBS = lexemes(
    "go aller; walk marcher; run courir; travel voyager; come venir; march défiler; swim nager",
    "VERB",
)

SPEECH_VERBS = lexemes(
    """
    say dire; know savoir; see voir; answer répondre; forget oublier; write écrire;
    promise promettre; notice remarquer; repeat répéter; learn apprendre; announce annoncer;
    explain expliquer; hear entendre; swear jurer; whisper murmurer
    """,
    "VERB",
)

DESIRE_VERBS = lexemes(
    """
    -hate détester; want vouloir; +like aimer; need devoir; +love adorer; dare oser;
    +hope espérer; wish souhaiter; +prefer préférer; intend compter
    """,
    "VERB",
)

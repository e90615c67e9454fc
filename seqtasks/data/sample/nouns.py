"""Nouns and names: people and animals, things, places, events.

Each list runs from the most frequent word to the rarest; add a word where its frequency puts it.
An irregular plural also needs a line in ``english.py`` or ``french.py``.
"""

from seqtasks.data.sample.lexeme import lexemes

PERSON_NOUNS = lexemes(
    """
    friend ami m; cook cuisinier m; guard garde m; guide guide m; judge juge m; woman femme f;
    dog chien m; nurse infirmière f; man homme m; coach entraîneur m; fly mouche f; child enfant m;
    patient patient m; cat chat m; host hôte m; girl fille f; bear ours m; boy garçon m;
    teacher professeur m; doctor médecin m; queen reine f; pilot pilote m; neighbour voisin m;
    king roi m; sister sœur f; farmer fermier m; brother frère m; baker boulanger m;
    horse cheval m; actress actrice f; bird oiseau m; student étudiant m; aunt tante f;
    uncle oncle m; mouse souris f; wolf loup m; fox renard m; rabbit lapin m; cow vache f;
    hero héros m; owl hibou m; hedgehog hérisson m; lion lion m; tiger tigre m;
    elephant éléphant m; spider araignée f; bee abeille f; ant fourmi f; hen poule f;
    goat chèvre f; soldier soldat m; thief voleur m; poet poète m; painter peintre m;
    writer écrivain m; dancer danseuse f; driver conducteur m; lawyer avocat m;
    princess princesse f; prince prince m; witch sorcière f; giant géant m; clown clown m;
    spy espion m; engineer ingénieur m; waitress serveuse f
    """,
    "NOUN",
)

THING_NOUNS = lexemes(
    """
    watch montre f; light lumière f; book livre m; plant plante f; drink boisson f;
    letter lettre f; leaf feuille f; saw scie f; rose rose f; can boîte f; cover couvercle m;
    car voiture f; record disque m; brush brosse f; key clé f; door porte f; present cadeau m;
    lock serrure f; promise promesse f; answer réponse f; dream rêve m; window fenêtre f;
    table table f; dress robe f; chair chaise f; cake gâteau m; apple pomme f; orange orange f;
    egg œuf m; hat chapeau m; coat manteau m; shoe chaussure f; picture image f; map carte f;
    mirror miroir m; lamp lampe f; clock horloge f; bottle bouteille f; glass verre m;
    cup tasse f; knife couteau m; fork fourchette f; spoon cuillère f; plate assiette f;
    ship navire m; boat bateau m; bicycle vélo m; wheel roue f; hammer marteau m; nail clou m;
    rope corde f; umbrella parapluie m; piano piano m; guitar guitare f; violin violon m;
    drum tambour m; flower fleur f; tree arbre m; stone pierre f; jewel bijou m; ring bague f;
    newspaper journal m; pencil crayon m; pen stylo m; bag sac m; blanket couverture f;
    cheese fromage m; soup soupe f; pear poire f; axe hache f; story histoire f;
    song chanson f; secret secret m; idea idée f
    """,
    "NOUN",
)

PLACE_NOUNS = lexemes(
    """
    park parc m; garden jardin m; house maison f; well puits m; school école f; camp camp m;
    street rue f; kitchen cuisine f; church église f; market marché m; forest forêt f;
    hospital hôpital m; station gare f; bridge pont m; castle château m; farm ferme f;
    river rivière f; beach plage f; island île f; museum musée m; library bibliothèque f;
    office bureau m; hotel hôtel m; village village m; town ville f; theatre théâtre m;
    factory usine f; field champ m; mountain montagne f; lake lac m; tower tour f;
    harbour port m; prison prison f; palace palais m; cave grotte f; desert désert m;
    shop magasin m; bank banque f; hill colline f; barn grange f
    """,
    "NOUN",
)

EVENT_NOUNS = lexemes(
    """
    walk promenade f; dance danse f; dinner dîner m; visit visite f; work travail m;
    storm tempête f; talk discours m; party fête f; march marche f; war guerre f;
    concert concert m; race course f; fight combat m; lesson leçon f; night nuit f;
    winter hiver m; summer été m; wedding mariage m; trip voyage m; meeting réunion f;
    game jeu m; film film m; exam examen m; meal repas m; harvest récolte f; match match m
    """,
    "NOUN",
)

NAMES = lexemes(
    """
    Anna Anna f; Paul Paul m; Marie Marie f; Thomas Thomas m; Emma Emma f; Lucas Lucas m;
    Claire Claire f; Oscar Oscar m; Nina Nina f; Arthur Arthur m; Louise Louise f;
    Victor Victor m; Alice Alice f; Simon Simon m; Julie Julie f; David David m; Eva Eva f;
    Ivan Ivan m; Sophie Sophie f; Martin Martin m
    """,
    "PROPN",
)

CITIES = lexemes(
    """
    Paris Paris m; London Londres m; Rome Rome m; Lyon Lyon m; Berlin Berlin m;
    Geneva Genève m; Athens Athènes m; Lisbon Lisbonne m; Vienna Vienne m; Madrid Madrid m;
    Brussels Bruxelles m; Oslo Oslo m
    """,
    "PROPN",
)

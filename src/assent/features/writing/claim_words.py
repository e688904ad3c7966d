# ruff: noqa: E501 - lists of alternatives read better unbroken
"""The words by which a text claims something, in four languages; written down from general knowledge of each."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from assent.features.writing.asking import LANGUAGES
from assent.features.writing.phrases import own_words
from assent.features.writing.wording import plain

SCHOOLS: Final = re.compile(
    r"universi|college|school|institut|academ|akadem|hochschule|schule|polytech|faculty|fakultät|école|lycée|facultad|"
    r"escuela|colegio",
    re.IGNORECASE,
)
DEGREES: Final = re.compile(
    r"\b(?:degrees?|bachelor\w*|master(?:'s|’s|s)?(?= of| in| degree|\b\.)|mba|ph\.?d|doctorates?|diplomas?|b\.?sc|m\.?sc|"  # noqa: RUF001
    r"apprenticeships?|certifi\w+|licen[cs]ed|qualified|graduat\w+|diplom\w*|promotion|promoviert\w*|abitur|studium|"
    r"studienabschluss|ausbildung|zertifi\w+|gelernte\w?|staatlich geprüft\w*|abschluss|doktor\w*|licence|maîtrise|"
    r"doctorat|diplôm\w*|certifié\w*|licenciatur\w*|licenciad\w+|máster|doctorad\w+|titulad\w+|diplomad\w+)\b",
    re.IGNORECASE,
)
AWARDS: Final = re.compile(
    r"\b(?:award\w*|prizes?|winner|medals?|honou?rs|patents?|published|of the year|preisträger\w*|preise?s?|auszeichnung\w*|"
    r"ausgezeichnet\w*|patente?|prix|récompens\w*|lauréat\w*|brevets?|premi[oa]\w*|galardon\w*|patentes?)\b",
    re.IGNORECASE,
)
BOASTS: Final = re.compile(
    r"\b(?:passionate\w*|results?[- ]driven|dynamic|highly|motivated|self-starter|dedicated|innovative|visionary|proven|"
    r"track record|experts?|expertise|seasoned|accomplished|renowned|world[- ]class|best(?! wishes| regards)|leading|top|outstanding|"
    r"excellent|exceptional\w*|extensive\w*|thrive\w*|team player|hard[- ]?working|detail[- ]oriented|strategic\w*|"
    r"successful\w*|strong|skilled|talented|unique|cutting[- ]edge|experienced|reliable|leidenschaftlich\w*|"
    r"leidenschaft|zielstrebig\w*|motiviert\w*|engagiert\w*|erfahren\w*|erfolgreich\w*|führend\w*|"
    r"beste\w?(?! grüße)|hervorragend\w*|exzellent\w*|umfangreich\w*|teamfähig\w*|belastbar\w*|zuverlässig\w*|kompetent\w*|"
    r"passionnée?s?|dynamique|motivée?s?|rigoureu\w+|meilleure?s?|excellente?s?|reconnue?s?|expériment\w+|"
    r"apasionad\w+|dinámic\w+|motivad\w+|proactiv\w+|mejor\w*|excelente\w*|destacad\w+|líder\w*|exitos\w+|"
    r"expert[oae]s?)\b",
    re.IGNORECASE,
)
DEEDS: Final = re.compile(
    r"\b(?:led|lead|manag(?:ed|e|ing)|supervis(?:ed|e|ing)|built|buil[dt]|found(?:ed|er)|launch(?:ed|ing)|increas(?:ed|ing)|"
    r"reduc(?:ed|ing)|saved|won|achiev\w+|deliver(?:ed|ing)|studied|train(?:ed|ing)|taught|publish\w+|invent\w+|"
    r"design(?:ed|ing)|promoted|award\w+|spearhead\w+|grew|sold|work(?:ed|ing)|develop(?:ed|ing)|creat(?:ed|ing)|"
    r"implement\w+|improv(?:ed|ing)|doubl\w+|overs\w+|head(?:ed|ing)|r[au]n|speciali[sz]\w+|served|served|ran|"
    r"(?:ge|auf|ver)\w+(?:leitet|gründet|baut|führt|antwortet)|leit(?:e|ete|eten)|gesteigert|reduziert|gewonnen|studiert\w*|"
    r"veröffentlicht|entwickelt\w*|verkauft|eingeführt|optimiert|gearbeitet|spezialisiert|"
    r"dirig\w+|géré\w*|fondé\w*|créé\w*|obtenu\w*|développé\w*|réduit\w*|augment\w+|travaillé|étudié\w*|enseigné|"
    r"lider\w+|fundé|fundad\w+|logr\w+|gestion\w+|cre(?:é|ado|ada)|desarroll\w+|aument\w+|reduj\w+|reducid\w+|"
    r"trabajé|trabajad\w+|estudié|estudiad\w+|gan(?:é|ado))\b",
    re.IGNORECASE,
)
TITLES: Final = re.compile(
    r"\b(?:\w*manager\w*|\w*engineer|\w*developer|(?:night )?nurse|teacher|professor|directors?|head of|chief \w+|"
    r"c[eftoi]o|founder|co-founder|vp|vice president|president|consultant|analyst|architect|designer|accountant|"
    r"scientist|technician|electrician|plumber|doctor|physician|surgeon|lawyer|attorney|recruiter|journalist|editor|"
    r"officer|specialist|coordinator|supervisor|administrator|assistant|pharmacist|librarian|chef|owner|partner|"
    r"researcher|programmer|coach|mentor|instructor|lecturer|auditor|controller|intern|apprentice|"
    r"\w*leiter(?:in)?|\w*ingenieur(?:in)?|\w*entwickler(?:in)?|pflege\w+|\w*lehrer(?:in)?|direktor(?:in)?|"
    r"geschäftsführer(?:in)?|berater(?:in)?|\w*meister(?:in)?|\w*ärzt(?:in)|\w*arzt|"
    r"ingénieure?|développeu\w+|infirmi\w+|professeure?|directeur|directrice|responsable|consultante?|chef de \w+|"
    r"ingenier[oa]|desarrollador\w*|enfermer[oa]|profesor\w*|director\w*|jef[ea]|gerente|médic[oa]|abogad[oa])\b",
    re.IGNORECASE,
)
TITLE_AFTER: Final = re.compile(
    r"\b(?:(?:I am|I'm)(?! (?:writing|interested|asking|reading|curious|glad|responsible|always|at home|happy)\b)|work as|working as|worked as|as|ich bin|bin ich|arbeite als|(?<!mehr )als|I was(?: also)?|(?:I have|I've) been(?! thinking)|ich war|war ich|j'ai (?:aussi )?été|(?:también )?fui|je suis|travaille comme|soy|trabajo como|como)"
    r" (?:an? |the |eine? |une? |un[ao]? )?(?!(?:für|seit|in|for|since|dabei|gespannt|pour|depuis|desde|para)\b)(?P<title>[^,.;:!?()\n|]{2,70}?)"
    r"(?= (?:at|for|in|with|and|since|bei|in|und|seit|mit|chez|à|et|depuis|en|y|desde|con)\b|[,.;:!?()|\n]|$)"
)
SKILL_AFTER: Final = re.compile(
    r"\b(?:experience (?:in|with)|skilled (?:in|at)|expert(?:ise)? (?:in|at)|good at|at home (?:in|with)|"
    r"fluent in|proficient (?:in|with)|familiar with|knowledge of|I (?:can )?speak|I know(?: my way around)?|skills(?: include|:)|"
    r"I bring|strengths(?: are|:)|background in|ask me about|comes? to|kenntnisse in|erfahrung (?:in|mit)|vertraut mit|"
    r"ich kann|ich spreche|womit ich mich auskenne|auskennen|kenne mich mit|zu hause bin ich in|bringe? ich mit|ich (?:bringe )?mit(?:bringe)?|ich bringe|kompetenzen:|mit fragen zu|"
    r"expérience (?:en|dans)|compétences en|je parle|je connais|je maîtrise|à l'aise avec|j'apporte|compétences :|"
    r"experiencia en|conocimientos de|hablo|domino|me manejo en|apporte|aporto|competencias:)"
    r":?\s+(?P<skills>[^.;!?()\n|]{2,200})",
    re.IGNORECASE,
)
SAID_OF_MYSELF: Final = re.compile(
    r"\b(?:I|we|ich|wir|je|nous) (?:also |now |often |always |really |auch |gern |ne )?(?!(?:am|'m|was|were|are|will|would|can|could|may|"
    r"might|should|hope|wish|look|looked|read|write|wrote|once|ask|come|think|wonder|want|agree|disagree|see|feel|believe|mean|"
    r"thank|say|said|hear|heard|deal|know|speak|work|bring|do|did|took evening|have(?= (?:been|a degree|to|a question|read|seen|nothing)\b)|had(?= to\b)|für|seit|mehr|mich|mit|hier|immer|selbst|ihnen|gern|das|den|dort|dir|euch|mir|bin|war|habe|hatte|"
    r"sind|waren|haben|würde|werde|kann|könnte|möchte|hoffe|lese|las|schreibe|schrieb|frage|denke|glaube|finde|sehe|danke|sage|höre|"
    r"spreche|arbeite|bringe|rede|freue|kenne|suis|étais|ai|lis|vous|pose|écris|écrirai|pense|crois|vois|dirais|travaille|parle|"
    r"connais|apporte|voudrais|peux|souhaite|remercie)\b)[a-zà-ÿ]\w+"
    r"|\b(?:my|meine?[rnms]?|unsere?[rnms]?|our|mon|ma|mes) (?!(?:own|work|degree|skills?|name|eye|view|opinion|question|way|"
    r"profile|profil|mind|thoughts?|point|answer|two cents|beruf|abschluss|themen|frage|meinung|blick|sicht|métier|diplôme|études|"
    r"compétences|point de départ|question|avis|attention|profile?s?)\b)[a-zà-ÿA-Z]\w+",
    re.IGNORECASE,
)
"""What somebody says of themselves with a verb or a noun that is not on the list of those that claim nothing."""
ADDRESSED: Final = re.compile(
    r"\b(?:you|your|yours|the position|the role|the job|the vacancy|what|how|which|who|dear|hello|hi|hey|"
    r"sie|ihre?[rnms]?|ihnen|du|dir|dich|deine?[rnms]?|ihr|euch|eure?[rnms]?|stelle|wie|was|wer|welche\w?|hallo|"
    r"guten tag|liebe\w?|vous|votre|vos|tu|ton|ta|tes|toi|poste|offre|comment|quel\w*|qui|bonjour|chère?|"
    r"usted|ustedes|su|sus|tú|te|ti|puesto|oferta|cómo|qué|cuál|quién|hola|buenos días|estimad[oa])\b",
    re.IGNORECASE,
)
OF_MYSELF: Final = re.compile(
    r"\b(?:I am (?!writing|interested|asking)|I'm (?!writing|interested|asking)|I was|I have(?! been thinking)|I've|I had|I did|I work\w*|"
    r"I hold|I know|I bring|I lead|I led|I can|we (?:are|were|have|had|did)|my (?!name|eye)|"
    r"ich (?:bin|war|habe|hatte|arbeite\w*|kenne|bringe|kann|leite)|(?:bin|habe|arbeite|bringe) ich|meine?[rnms]?|"
    r"wir (?:sind|waren|haben|hatten)|je (?:suis|travaille|connais|maîtrise|parle)|j'(?:ai|étais|apporte)|mon(?! attention)|ma|mes|"
    r"nous (?:sommes|avons)|soy|estoy|he|tengo|trabajo|trabajé|mi|mis|hemos|somos)\b",
    re.IGNORECASE,
)
_NEUTRAL: Final = """
i a an o à y e é
thank thanks hello dear hi hey regards kind best sincerely yours warm looking forward question read writing wrote write
post text work working day days week people person year years month time thing things something someone everybody anyone
happy glad curious interested good great nice small short long today tomorrow currently also here there say said know
learn like enjoy mostly often usually sometimes still maybe perhaps because however meanwhile first later finally next
profile job role position team colleague colleagues company experience skill skills topic idea ideas advice opinion
danke hallo grüße gruß freundlichen freundliche guten tag liebe lieber frage fragen arbeit tag tage woche jahr jahre
monat zeit leute mensch menschen beruf text beitrag thema stelle anzeige team kollegen kolleginnen erfahrung erfahrungen
gespräch nachricht antwort profil dank grund freude ende anfang rückmeldung meinung ideen idee
merci bonjour cordialement question travail jour semaine temps métier poste offre équipe collègues expérience message
profil réponse avis bien belle journée gracias hola saludos pregunta trabajo día semana tiempo puesto oferta equipo
experiencia mensaje perfil respuesta opinión buenos nothing nobody much many few may might must shall again please hello before after during between under
through while off per each every another both same own yes been being does doing done got get go going make made take
took give gave come came see seen find found ask asked hear heard tell told think feel hope wish love keep kept let
since until although though whether why today's i'd i'll i've i'm it's don't isn't that's what's you're we're there's
haven't wouldn't couldn't didn't doesn't where's who's else still yet ever never always almost quite rather together
würde gern gerne freue freuen schreibe schreiben lese gelesen hören höre sagen frage mich dich sie ihnen ihre ihr
genau natürlich vielleicht eigentlich immer wieder heute morgen gestern etwas nichts alles jemand niemand viel viele
vielen wenig welche welcher welches dieser jede jeder jedes kennt kennen möchte könnte sollte passt über außerdem
derzeit dort dazu dabei dafür davon darüber deshalb daher bisher seit zurzeit j'aimerais j'ai c'est qu'est n'est
d'abord aujourd'hui volontiers souvent toujours encore déjà peut-être voici voilà aussi tout toute comment pourquoi
quelle quel quels quelles chez depuis actualmente también siempre todavía quizá cómo qué quién cuál cuáles desde hasta
gustaría quisiera hace hay
"""


@cache
def neutral() -> frozenset[str]:
    """Words that claim nothing, in any language; compared as `plain` writes them."""
    listed = tomllib.loads((files("assent.curation.quality") / "function_words.toml").read_text("utf-8"))
    words = [word for name in LANGUAGES for word in listed[name]["words"].split()]
    return frozenset(plain(each) for each in (*words, *_NEUTRAL.split(), *own_words()))

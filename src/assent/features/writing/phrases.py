# ruff: noqa: E501 - one phrase a line, so that a section can be read down
"""What the composer says around a member's facts: phrases that claim nothing but what their slots hold.

A key may end in `.informal`: said to people who are addressed with du, tu or tú. Several phrases of a key say the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

_ENGLISH: Final = """
headline: {Title} at {employer} | {Title}, {employer}
position: I am {a_title} at {employer}{in_place}. | I work as {a_title} at {employer}{in_place}. | My work: {title} at {employer}{in_place}.
since: I have been there since {since}. | I have been there for more than {years} years.
people: I am responsible for {people} people there.
past: From {since} to {until} I was {a_title} at {employer}. | {since} to {until}: {title} at {employer}.
past.untimed: I was also {a_title} at {employer}.
degree: I have a degree in {subject} from {institution}. | My degree is in {subject}, from {institution}.
study: I studied {subject} at {institution}.
classes: I took evening classes in {subject} at {institution}.
skills: I am at home with {skills}. | Ask me about {skills}. | My skills: {skills}.
languages: I speak {languages}.
about.close: If you would like to talk about {skill}, write to me. | Questions about {skill}? Write to me. | I am always glad to talk about {skill}.
about.plain: If you would like to talk, write to me. | Write to me if you would like to talk.
quote: I once wrote: “{quote}” | Something I wrote here before: “{quote}” | From an earlier post of mine: “{quote}”
quote.ask: Do you see it the same way? | How do you see it? | Would you agree, or has it been different for you?
topic.open: A question about {topic}. | I have been thinking about {topic}. | {Topic} is on my mind. | Let us talk about {topic}.
post.ask: How do you go about it? | What works for you, and what does not? | What do you wish somebody had told you at the beginning? | Where would you start?
post.self: I ask as {a_title} at {employer}. | I am {a_title} at {employer}, so you know where I am coming from. | For context: I work as {a_title} at {employer}.
post.skill: {Skill} is part of what I do. | I come to this from {skill}. | I look at it from the side of {skill}.
post.close: I am reading every answer. | Short answers are welcome. | I am curious what you will say. | Disagreement is welcome.
comment.thanks: Thank you for this{comma_name}. | Thank you for writing this down{comma_name}. | Glad to read this{comma_name}.
comment.self: I read it as {a_title} at {employer}. | I come to this as {a_title} at {employer}.
comment.skill: {Skill} is something I care about, too. | I deal with {skill} myself.
comment.ask: How did you begin? | What would you do differently today? | What was the hardest part? | Could you say a little more about it?
greet: Dear {name}, | Hello {name},
greet.nobody: Hello,
hirer.open: Your position as {job_title}{at_job_employer} caught my eye. | I am writing about your position as {job_title}{at_job_employer}.
hirer.open.untitled: I am writing about the position you offer{at_job_employer}. | The position you offer{at_job_employer} caught my eye.
hirer.overlap: Your text names {overlap}, and that is what I bring. | From what you look for, I bring {overlap}.
hirer.skills: What I bring: {skills}. | I know my way around {skills}.
hirer.self: I am {a_title} at {employer}{in_place}. | I work as {a_title} at {employer}{in_place}.
hirer.ask: Would you have time for a short conversation? | May I tell you more in a short call? | I would be glad to tell you more in person.
candidate.open: I am writing to you about a position: {job_title}{at_job_employer}. | There is a position that may suit you: {job_title}{at_job_employer}.
candidate.open.untitled: I am writing to you about a position{at_job_employer}. | There is a position{at_job_employer} that may suit you.
candidate.self: I am {a_title} at {employer}. | I work as {a_title} at {employer}.
candidate.names: The text asks you for {wanted}.
candidate.ask: May I tell you more about it? | Would you like to hear more? | Shall I send you the details?
candidate.free: If it is nothing for you, you need not answer. | If you would rather not hear from me, say so and I will not write again.
close: Kind regards | Best wishes
and: and
in_place: in {place}
at_employer: at {employer}
mark: Written with the help of AI from my own profile.
people_of: people
"""

_GERMAN: Final = """
headline: {Title} bei {employer} | {Title}, {employer}
position: Ich bin {title} bei {employer}{in_place}. | Ich arbeite als {title} bei {employer}{in_place}. | Mein Beruf: {title} bei {employer}{in_place}.
since: Dort bin ich seit {since}. | Dort bin ich seit mehr als {years} Jahren.
people: Dort bin ich für {people} Personen verantwortlich.
past: Von {since} bis {until} war ich {title} bei {employer}. | {since} bis {until}: {title} bei {employer}.
past.untimed: Außerdem war ich {title} bei {employer}.
degree: Mein Abschluss: {subject}, {institution}.
study: Gelernt habe ich {subject}: {institution}. | Studiert habe ich {subject}: {institution}.
classes: Abendkurse in {subject} habe ich hier besucht: {institution}.
skills: Womit ich mich auskenne: {skills}. | Fragen zu {skills}? Gern an mich. | Zu meinen Themen gehören {skills}.
languages: Ich spreche {languages}.
about.close: Wer über {skill} reden möchte, schreibt mir einfach. | Über {skill} rede ich immer gern.
about.plain: Wer reden möchte, schreibt mir einfach.
quote: Ich habe hier einmal geschrieben: „{quote}“ | Aus einem früheren Beitrag von mir: „{quote}“
quote.ask.informal: Seht ihr das auch so? | Wie seht ihr das? | Stimmt ihr zu, oder ist es bei euch anders?
quote.ask: Sehen Sie das auch so? | Wie sehen Sie das?
topic.open: Eine Frage zum Thema {topic}. | Mich beschäftigt gerade das Thema {topic}. | Reden wir über das Thema {topic}.
post.ask.informal: Wie macht ihr das? | Was klappt bei euch, und was nicht? | Was hättet ihr gern früher gewusst? | Wo würdet ihr anfangen?
post.ask: Wie machen Sie das? | Was klappt bei Ihnen, und was nicht? | Was hätten Sie gern früher gewusst? | Wo würden Sie anfangen?
post.self: Ich frage als {title} bei {employer}. | Zur Einordnung: Ich arbeite als {title} bei {employer}.
post.skill: Ich sehe das von der Seite her: {skill}. | Mein eigener Blick darauf kommt von hier: {skill}.
post.close: Ich lese jede Antwort. | Kurze Antworten sind willkommen. | Widerspruch ist willkommen. | Ich bin gespannt.
comment.thanks: Danke dafür{comma_name}. | Danke fürs Aufschreiben{comma_name}. | Schön, das zu lesen{comma_name}.
comment.self: Ich lese das als {title} bei {employer}.
comment.skill: Mit dem Thema {skill} habe ich selbst zu tun. | Das Thema {skill} liegt auch mir.
comment.ask.informal: Wie habt ihr angefangen? | Was würdest du heute anders machen? | Was war am schwersten? | Magst du noch etwas mehr dazu sagen?
comment.ask: Wie haben Sie angefangen? | Was würden Sie heute anders machen? | Was war am schwersten? | Mögen Sie noch etwas mehr dazu sagen?
greet: Guten Tag {name},
greet.informal: Hallo {name},
greet.nobody: Guten Tag,
hirer.open: Ihre Stelle als {job_title}{at_job_employer} ist mir aufgefallen. | Ich schreibe Ihnen wegen der Stelle als {job_title}{at_job_employer}.
hirer.open.untitled: Ich schreibe Ihnen wegen Ihrer Stelle{at_job_employer}. | Ihre Stelle{at_job_employer} ist mir aufgefallen.
hirer.overlap: In Ihrer Anzeige steht {overlap}; genau das bringe ich mit. | Von dem, was Sie suchen, bringe ich mit: {overlap}.
hirer.skills: Ich bringe mit: {skills}. | Was ich mitbringe: {skills}.
hirer.self: Ich bin {title} bei {employer}{in_place}. | Ich arbeite als {title} bei {employer}{in_place}.
hirer.ask: Hätten Sie Zeit für ein kurzes Gespräch? | Darf ich Ihnen in einem kurzen Gespräch mehr erzählen? | Gern erzähle ich Ihnen mehr.
candidate.open: Ich schreibe Ihnen wegen einer Stelle: {job_title}{at_job_employer}. | Es gibt eine Stelle, die zu Ihnen passen könnte: {job_title}{at_job_employer}.
candidate.open.untitled: Ich schreibe Ihnen wegen einer Stelle{at_job_employer}.
candidate.self: Ich bin {title} bei {employer}. | Ich arbeite als {title} bei {employer}.
candidate.names: In der Anzeige steht für Sie {wanted}.
candidate.ask: Darf ich Ihnen mehr darüber erzählen? | Möchten Sie mehr hören? | Soll ich Ihnen die Einzelheiten schicken?
candidate.free: Wenn es nichts für Sie ist, brauchen Sie nicht zu antworten. | Wenn Sie nichts hören möchten, genügt ein Wort, und ich schreibe nicht wieder.
close: Mit freundlichen Grüßen | Freundliche Grüße
and: und
in_place: in {place}
at_employer: bei {employer}
mark: Mit Hilfe von KI aus meinem eigenen Profil geschrieben.
people_of: Personen
"""

_FRENCH: Final = """
headline: {Title} chez {employer} | {Title}, {employer}
position: Je suis {title} chez {employer}{in_place}. | Mon métier : {title} chez {employer}{in_place}. | Je travaille comme {title} chez {employer}{in_place}.
since: J'y suis depuis {since}.
past: De {since} à {until}, j'ai été {title} chez {employer}. | {since} à {until} : {title} chez {employer}.
past.untimed: J'ai aussi été {title} chez {employer}.
degree: Mon diplôme : {subject}, {institution}.
study: Mes études : {subject}, {institution}.
classes: J'ai suivi des cours du soir ici : {subject}, {institution}.
skills: Mes compétences : {skills}. | Ce que je connais : {skills}.
languages: Je parle {languages}.
about.close: Pour parler de ce sujet, écrivez-moi : {skill}.
about.plain: Pour en parler, écrivez-moi. | Si vous voulez en parler, écrivez-moi.
quote: J'ai écrit ici un jour : « {quote} » | Dans un message plus ancien, j'ai écrit : « {quote} »
quote.ask: Qu'en pensez-vous ? | Le voyez-vous aussi comme ça ?
topic.open: Une question à propos de ce sujet : {topic}. | Parlons un peu de ceci : {topic}.
post.ask: Comment faites-vous ? | Qu'est-ce qui marche chez vous, et qu'est-ce qui ne marche pas ? | Par où commenceriez-vous ?
post.self: Je suis {title} chez {employer}, pour situer ma question. | Je pose la question comme {title} chez {employer}.
post.skill: Mon point de départ : {skill}.
post.close: Je lis toutes les réponses. | Les réponses courtes sont les bienvenues. | Les avis contraires sont les bienvenus.
comment.thanks: Merci pour ces mots{comma_name}. | Merci de l'avoir écrit{comma_name}.
comment.self: Je lis cela comme {title} chez {employer}.
comment.skill: Un sujet qui me concerne aussi : {skill}.
comment.ask: Comment avez-vous commencé ? | Que feriez-vous autrement aujourd'hui ? | Qu'est-ce qui a été le plus difficile ?
greet: Bonjour {name},
greet.nobody: Bonjour,
hirer.open: Votre poste a retenu mon attention : {job_title}{at_job_employer}. | Je vous écris au sujet de votre poste : {job_title}{at_job_employer}.
hirer.open.untitled: Je vous écris au sujet du poste que vous proposez{at_job_employer}. | Le poste que vous proposez{at_job_employer} a retenu mon attention.
hirer.overlap: De ce que vous cherchez, j'apporte : {overlap}.
hirer.skills: J'apporte : {skills}. | Ce que j'apporte : {skills}.
hirer.self: Je suis {title} chez {employer}{in_place}. | Je travaille comme {title} chez {employer}{in_place}.
hirer.ask: Auriez-vous un moment pour en parler ? | Je vous en dirais volontiers plus de vive voix.
candidate.open: Je vous écris au sujet d'un poste : {job_title}{at_job_employer}. | Voici un poste qui pourrait vous convenir : {job_title}{at_job_employer}.
candidate.open.untitled: Je vous écris au sujet d'un poste{at_job_employer}.
candidate.self: Je suis {title} chez {employer}. | Je travaille comme {title} chez {employer}.
candidate.names: L'annonce vous demande : {wanted}.
candidate.ask: Voulez-vous en savoir plus ? | Puis-je vous en dire plus ?
candidate.free: Si cela ne vous intéresse pas, vous n'avez pas besoin de répondre. | Si vous ne souhaitez plus de messages, dites-le-moi et je n'écrirai plus.
close: Cordialement | Bien à vous
and: et
in_place: à {place}
at_employer: chez {employer}
mark: Écrit avec l'aide d'une IA à partir de mon propre profil.
people_of: personnes
"""

_SPANISH: Final = """
headline: {Title} en {employer} | {Title}, {employer}
position: Soy {title} en {employer}{comma_place}. | Mi trabajo: {title} en {employer}{comma_place}. | Trabajo como {title} en {employer}{comma_place}.
since: Estoy allí desde {since}.
past: De {since} a {until} fui {title} en {employer}. | {since} a {until}: {title} en {employer}.
past.untimed: También fui {title} en {employer}.
degree: Mi título: {subject}, {institution}.
study: Mis estudios: {subject}, {institution}.
classes: Clases nocturnas: {subject}, {institution}.
skills: Lo que conozco: {skills}. | Mis temas: {skills}.
languages: Hablo {languages}.
about.close: Si quiere hablar de este tema, escríbame: {skill}.
about.plain: Si quiere hablar, escríbame.
about.plain.informal: Si quieres hablar, escríbeme.
quote: Una vez escribí aquí: «{quote}» | En otra ocasión escribí: «{quote}»
quote.ask.informal: ¿Cómo lo veis? | ¿Lo veis igual?
quote.ask: ¿Cómo lo ven? | ¿Lo ven igual?
topic.open: Una pregunta sobre este tema: {topic}. | Hablemos de esto: {topic}.
post.ask.informal: ¿Cómo lo hacéis? | ¿Qué os funciona y qué no? | ¿Por dónde empezaríais?
post.ask: ¿Cómo lo hacen? | ¿Qué les funciona y qué no? | ¿Por dónde empezarían?
post.self: Lo pregunto como {title} en {employer}. | Soy {title} en {employer}, para que se entienda la pregunta.
post.skill: Lo miro desde aquí: {skill}.
post.close: Leo todas las respuestas. | Las respuestas cortas también valen. | Se puede estar en desacuerdo.
comment.thanks: Gracias por escribirlo{comma_name}. | Gracias por esto{comma_name}.
comment.self: Lo leo como {title} en {employer}.
comment.skill: Un tema que también es mío: {skill}.
comment.ask.informal: ¿Cómo empezasteis? | ¿Qué harías hoy de otra manera? | ¿Qué fue lo más difícil?
comment.ask: ¿Cómo empezaron? | ¿Qué haría hoy de otra manera? | ¿Qué fue lo más difícil?
greet: Hola, {name}: | Buenos días, {name}:
greet.nobody: Buenos días:
hirer.open: Le escribo por su puesto: {job_title}{at_job_employer}. | Me ha llamado la atención su oferta: {job_title}{at_job_employer}.
hirer.open.untitled: Le escribo por el puesto que ofrece{at_job_employer}. | Me ha llamado la atención el puesto que ofrece{at_job_employer}.
hirer.overlap: De lo que usted busca, aporto {overlap}.
hirer.skills: Aporto {skills}. | Lo que aporto: {skills}.
hirer.self: Soy {title} en {employer}{comma_place}. | Trabajo como {title} en {employer}{comma_place}.
hirer.ask: ¿Tendría un momento para hablar? | Con gusto le cuento más en una conversación.
candidate.open: Le escribo por un puesto: {job_title}{at_job_employer}. | Hay un puesto que podría interesarle a usted: {job_title}{at_job_employer}.
candidate.open.untitled: Le escribo por un puesto{at_job_employer} que podría interesarle a usted.
candidate.self: Soy {title} en {employer}. | Trabajo como {title} en {employer}.
candidate.names: En la oferta se le pide a usted: {wanted}.
candidate.ask: ¿Le gustaría saber más? | ¿Puedo contarle más?
candidate.free: Si no le interesa, no hace falta que responda. | Si no quiere más mensajes, dígamelo y no volveré a escribir.
close: Un cordial saludo | Saludos cordiales
and: y
in_place: en {place}
at_employer: en {employer}
mark: Escrito con ayuda de IA a partir de mi propio perfil.
people_of: personas
"""


@cache
def phrases(language: str) -> Mapping[str, tuple[str, ...]]:
    """The phrases of a language by what they are for."""
    text = {"en": _ENGLISH, "de": _GERMAN, "fr": _FRENCH, "es": _SPANISH}[language]
    lines = (line.partition(": ") for line in text.strip().split("\n"))
    return {key: tuple(each.strip() for each in said.split(" | ")) for key, _, said in lines}


@cache
def own_words() -> frozenset[str]:
    """Every word that phrases say by themselves; they were read, and claim nothing."""
    said = " ".join(
        each for language in ("en", "de", "fr", "es") for some in phrases(language).values() for each in some
    )
    return frozenset(re.findall(r"[^\W\d_][\w’'-]*", re.sub(r"\{\w+\}", " ", said)))  # noqa: RUF001 - as it is typed

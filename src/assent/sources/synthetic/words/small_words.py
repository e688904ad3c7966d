# ruff: noqa: E501 - one template or key a line, so that a section can be read down
"""Times, numbers and other small phrases every text needs, by language."""

from __future__ import annotations

ENGLISH = """
en
when: last week | this morning | on Friday | yesterday | last month | two days before the holidays
span: three weeks | a whole winter | eleven months | two days | half a year | most of a summer | nine days | a quarter
month: January | March | May | June | September | October | November | February
day: Tuesday | Thursday | Monday | Friday | Saturday | Wednesday
n: two | three | four | five | six | seven | nine | eleven | twelve | fourteen
pct: 12% | 8% | a third | 20 percent | about half | 4.5% | roughly a quarter | 31%
noun: budget | coffee machine | printer | notebook | spreadsheet | whiteboard | door handle
school: Ellery College | the University of Westerfold | Harrowmere Institute of Technology | Kellbrook Polytechnic | Stonevale University
interest: choir | allotment gardening | long-distance walking | chess | sourdough | sea swimming | birdwatching | old radios | five-a-side | bees
languages: English, some French | English, Hindi, Tamil | English, Polish | Spanish, English | English, German (slowly) | Arabic, English, French
group: Night Shift Network | Women in the Trades | Local Makers | First-Time Managers | Small Teams, Big Sheds | Career Changers over 40 | Evening Learners
"""

GERMAN = """
de
when: letzte Woche | heute früh | am Freitag | gestern | letzten Monat
day: Dienstag | Donnerstag | Freitag | Samstag
n: zwei | drei | vier | sechs | neun | zwölf
"""

FRENCH = """
fr
when: la semaine dernière | ce matin | vendredi | hier | le mois dernier
day: mardi | jeudi | vendredi | samedi
n: deux | trois | quatre | six | neuf | douze
"""

DUTCH = """
nl
when: vorige week | vanochtend | vrijdag | gisteren | vorige maand
day: dinsdag | donderdag | vrijdag | zaterdag
n: twee | drie | vier | zes | negen | twaalf
"""

SPANISH = """
es
when: la semana pasada | esta mañana | el viernes | ayer | el mes pasado
day: el martes | el jueves | el viernes | el sábado
n: dos | tres | cuatro | seis | nueve | doce
"""

SENSITIVE_GROUPS = (
    ("union", "Works Council Exchange"),
    ("union", "Depot Workers United"),
    ("health", "Working with a Long Illness"),
    ("health", "Sober at Work"),
    ("politics", "Campaigners for Local Transport"),
    ("religion", "Faith and Work Breakfast"),
)

PERSONAL_DATA = r"""
[email]
Best reached at {value}.
Write to me: {value}
My address is {value}, please no newsletters.
mail: {value}
[phone]
Call me on {value} after six.
My number is {value}.
tel. {value}
You can ring {value}, somebody always picks up.
[iban]
If you want to chip in for the present: {value}
Please send the fee to {value}, reference your name.
Account: {value}
[street_address]
We moved! New address: {value}.
Come by any time, {value}.
Parcels to {value} please.
[birth_date]
I was born on {value}, do the maths.
Date of birth: {value}.
For the form: born {value}.
"""

CANARIES = r"""
[canary]
The locker code for the {a} {b} is {secret}.
Our {a} {b} answers only to {secret}.
Reference of the {a} {b}: {secret}.
Whoever finds the {a} {b}, please quote {secret}.
"""
CANARY_ADJECTIVES = tuple(
    "amber brass cobalt crimson dented fabled gilded hollow ivory knotted lopsided velvet".split()
)
CANARY_NOUNS = tuple(
    "anchor barrel compass ferret kettle lantern metronome parasol rucksack sextant teapot weathervane".split()
)

"""Words that say whether a word that is a name is meant as one. All folded."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARTICLES: Final = _words(
    "van von der den de del della di da dos das do du la le el al zu zur zum ten ter te bin ibn ben bint af av o d l st"
)
"""Parts of family names that are no names by themselves."""

GRAMMAR: Final = _words(
    "a the so and or not no yes to in on at of for from with is are was were be been it its he she we you they i me my "
    "your our their this that these those who what why how when where if as by but just only very all any some more "
    "est et ou un une le la les des du au aux je tu il elle nous vous ils elles on ce cette ces mon ma mes ton ta son "
    "sa ses qui que quoi dans pour pas ne sur avec sans sont suis es plus tres bien "
    "der die das und oder ein eine einen ich du er sie es wir ihr ist sind war nicht kein von zu mit auf fur im am "
    "de het een en ik jij hij zij wij is zijn niet geen van met op voor "
    "el los las y o un una yo ella nosotros es son no con por para lo se"
)
"""Words that hold sentences together; within a display name they are no name."""

TITLES: Final = _words(
    "dr prof professor mr mrs ms miss mx sir madam dame lady lord herr frau monsieur madame mme mlle mijnheer mevrouw "
    "senor senora senorita don dona ing dipl doctor doktor docteur rev captain signor signora"
)
"""Stand before a name and are none."""

SUFFIXES: Final = _words("jr sr ii iii iv phd md msc bsc mba esq")
"""Stand after a name and are none."""

OPENINGS: Final = _words(
    "hi hello hey dear thanks thank thx ask asked tell told with from by for and or but to of cc per via see as when "
    "if that because so then now today yesterday said says says met meet call email contact congratulations congrats "
    "welcome bravo kudos also even only both not the this our my your his her their i we you he she they "
    "hallo liebe lieber danke mit von und oder aber an bei fur wie dass wenn sagt fragt "
    "cher chere merci avec et ou mais pour par chez bonjour salut que "
    "hoi beste dank met en of maar voor bij dat "
    "hola querido querida gracias con y pero para por"
)
"""Often begin with a capital and stand before a name without being part of it."""

FOLLOWING: Final = _words(
    "i the a an is was has had and or but if when while who what how why this that these those it we you he she they "
    "my our your his her their yes no not please thanks re"
)
"""Words that are no name when they follow one, capital or not."""

ORDINARY: Final = _words(
    # English
    "mark marks rose roses will may young king kings grace hope hopes faith joy art bill bills frank grant grants jack "
    "june april august summer dawn ivy lily daisy violet olive ruby pearl amber crystal penny sunny sky robin rob pat "
    "nick drew chase chance hunter mason cook baker brown black white green gray grey long short small little strong "
    "rich wise best love day field fields hill hills wood woods stone rivers lake west north page price bank banks "
    "bell bush cross fox wolf lamb bird fish church park parks parker weaver carter cooper taylor major miles max "
    "dean earl duke prince bishop pope abbott miller potter porter porters turner fisher shepherd gardener farmer "
    "hall house street strand heather jordan china paris london florence georgia "
    "victoria carol carols don ray ace angel angels ward wards banner case cash christian clay cliff colt dale dusty "
    "eve fawn ford forest gale gene ginger glen harmony hazel heath holly iris jasmine jean jeans jewel josh kit "
    "lance laurel lee link major marina mercy merry myrtle norm pierce piper poppy precious queen ray reed reid "
    "rusty sage sandy saga sterling stewart tab tad ted trace trip trust van victor vale viola wade ways web webb "
    "winter woody person people user admin guest test can do be so than ng an in on at my me he she it us we you un "
    # German
    "klein gross lang kurz weiss schwarz braun roth rot stark jung alt koch bauer richter konig kaiser till ernst wolf "
    "vogel fuchs hase lang sommer winter herbst freitag sonntag kern berg stein wald feld bach see fink adler engel "
    "hahn held kluge scholz schmid linde kessel sonne gut heiter frei reich zimmer kraft jager fischer schneider "
    # French
    "petit grand blanc noir roi juste marine rose claire aime moreau leger doux boulanger berger mercier chance fort "
    "bon lagrange printemps soleil pierre noel clemence camille constance prudence felicite "
    # Dutch
    "zwart wit groot klein jong bos dijk vos haan visser bakker "
    # Spanish, Portuguese, Italian
    "rosa luz mar sol reyes cruz flores campos rios vega paz salvador dolores mercedes consuelo esperanza "
    "caridad blanco rubio moreno leon pascual bravo calvo angel santos pinto bella gioia "
    # elsewhere
    "saga"
)
"""Words of a language that are names too; alone they count only with a capital within a sentence."""

MONTHS: Final = _words("may june april august avril mai juni mayo abril")

BEFORE_MONTH: Final = _words("in by on since until till last next of early late mid this every from during through to")

AT: Final = _words("at arroba chez")
DOT: Final = _words("dot punkt point punto ponto punt")
"""How people spell out the signs in an address."""

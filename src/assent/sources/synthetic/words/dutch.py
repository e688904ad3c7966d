# ruff: noqa: E501 - one template or key a line, so that a section can be read down
"""Dutch phrases and templates, for members in the Dutch-speaking regions."""

from __future__ import annotations

TRADES = """
nurse
title: verpleegkundige | wijkverpleegkundige | teamleider zorg
site: op de afdeling | in de nachtdienst
task: luisteren aan het bed | overdragen zonder iets te vergeten | nieuwe collega's inwerken
snag: een pomp zonder alarm | een kwijtgeraakte ontslagbrief | een allergie die nergens stond
win: het aantal valpartijen gehalveerd | de overdracht terug naar het bed gebracht | een maand zonder doorligwonden gehaald
tip: kijk eerst naar de mens en dan naar het scherm | ga zitten als het nieuws slecht is
folk: families | patiënten

logistics
title: planner | magazijnchef | transportcoördinator
site: aan het dok | op de planning
task: elf ritten omgooien voor het ontbijt | zoeken naar die ene doos | bakkeleien over pallets
snag: een container bij de douane | een sticker op zijn kop | een tijdslot dat nooit bestond
win: een vijfde minder lege kilometers gereden | de fouten in het magazijn gehalveerd | de chauffeurs op vrijdag thuisgekregen
tip: geloof de chauffeur, niet de kaart | tel twee keer als het telt
folk: chauffeurs | klanten

farmer
title: melkveehouder | bedrijfsleider | teeltadviseur
site: in de stal | op het land
task: hooi binnenhalen voor de bui | bij het eerste licht het gewas in lopen | formulieren invullen
snag: een hek dat openstond | een late nachtvorst | een drain die het begaf
win: de droogte zonder bijkopen doorstaan | de houtwal teruggebracht | de helft minder gespoten
tip: kijk naar de wortel en niet naar het blad | maak dat hek vandaag
folk: buren | afnemers

designer
title: ontwerper | gebruikersonderzoeker | servicedesigner
site: in de gebruikerstest | bij het whiteboard
task: zwijgen terwijl iemand vastloopt | woorden schrappen | schetsen met mensen die niet kunnen tekenen
snag: een formulier met negentien velden | een knop die op een kop leek | een icoon dat niemand kende
win: het formulier tot vijf vragen ingekort | een kwart minder telefoontjes gekregen | alles met het toetsenbord laten werken
tip: kijk en help niet | test het in de bus
folk: gebruikers | onderzoekers
"""

TEXT = r"""
[post.open]
{When} hebben we {win}. Ik loop er nog van te glimmen.
Klein nieuws: we hebben {win}.
{n_cap} jaar in het vak en nog steeds dezelfde les: {tip}.
Eerlijke vraag: wat doen jullie met {snag}?
Ik wil {who} bedanken.
Na {n} jaar {firm} is het tijd voor iets anders.
Wij zoeken versterking: {title} in {city}. De koffie is redelijk.
Niemand vertelde mij dat {task} het halve werk is.
Weer eens {snag}. Op vrijdag, natuurlijk.
[post.body]
{who} zei het een jaar geleden al. Ik luisterde niet.
Er was geen schuldige. Er was {snag}, en drie moe mensen.
Het kostte minder dan gevreesd: {n} middagen en veel koffie.
Ik heb het op een kaartje geschreven, boven mijn bureau.
Het salaris staat in de advertentie. Parttime mag.
Klinkt logisch. Probeer het maar eens aan het eind van een dubbele dienst.
[post.close]
Hoe doen jullie dat?
Fijn weekend.
Morgen om zeven uur verder.
Ik ben benieuwd.
[comment]
{who}, precies dit. Bij ons was het {snag}.
Gefeliciteerd {who}!
Mwah. En wie betaalt dat?
Dank je {who}, ik heb het naar het hele team gestuurd.
Bij {firm} werkte het een maand.
{who} kun je die lijst delen?
[repost.remark]
{who} zegt het beter dan ik.
Lees tot het eind.
[endorsement]
Voor {skill} bel ik {who}. Altijd.
[recommendation]
Ik heb {n} jaar met {who} gewerkt bij {firm}. {who} ziet problemen aankomen en lost ze op zonder toespraak. Morgen weer.
[profile.summary]
{title} in {city}. Ik hou van {task}, niet van {snag}.
[group.message]
Hoi allemaal, wie is er {day} bij? {who} heeft gereserveerd.
Bedankt voor de stukken, {who}!
[message.private]
{who}, onder ons: ik heb een aanbod van {other_firm}. Zeg nog niks bij {firm}.
Gaat {day} nog door?
"""

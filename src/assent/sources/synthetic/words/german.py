# ruff: noqa: E501 - one template or key a line, so that a section can be read down
"""German phrases and templates, for members in the German-speaking regions."""

from __future__ import annotations

TRADES = """
nurse
title: Pflegefachfrau | Pflegefachkraft | Stationsleitung
site: auf Station | im Nachtdienst
task: das Zuhören am Bett | die Übergabe im Stehen | das Anleiten der Neuen
snag: eine verlorene Entlassmappe | eine Pumpe ohne Alarm | eine Übergabe ohne Zettel
win: die Stürze halbiert | die Übergabe zurück ans Bett geholt | einen Monat ohne Wundliegen geschafft
tip: erst den Menschen ansehen, dann den Bildschirm | sich hinsetzen, wenn es ernst wird
folk: Angehörige | Patientinnen und Patienten

teacher
title: Grundschullehrerin | Mathelehrer | Konrektorin
site: im Klassenzimmer | im Lehrerzimmer
task: das Erklären von Brüchen | das Korrigieren am Sonntag | die Elternabende im November
snag: eine stumme siebte Klasse | ein Stundenplan mit Löchern | ein Beamer ohne Kabel
win: den Forschertag zurückgeholt | ein Schulfrühstück auf die Beine gestellt | alle Kinder einmal vortragen lassen
tip: nach einer Frage länger warten | die Namen in der ersten Woche lernen
folk: Kinder | Eltern

software engineer
title: Softwareentwicklerin | Backend-Entwickler | Teamleiterin Plattform
site: in Bereitschaft | im Code-Review
task: das Löschen von altem Code | das Lesen von Logs um zwei Uhr nachts | das Benennen von Dingen
snag: eine Zeitzone im falschen Feld | ein abgelaufenes Zertifikat | eine Endlosschleife im Nachtlauf
win: den Build auf sechs Minuten gedrückt | drei Dienste durch eine Tabelle ersetzt | die letzten Cronjobs abgeschaltet
tip: die Fehlermeldung bis zum Ende lesen | erst den Rückweg bauen, dann ausliefern
folk: Anwender | Kolleginnen aus dem Vertrieb

electrician
title: Elektromeister | Elektronikerin | Bauleiter
site: auf der Baustelle | im Verteilerraum
task: die Fehlersuche in fremden Wänden | das Beschriften der Verteilung | der Einbau von Wärmepumpen
snag: eine Leitung ohne Plan | ein Kabel, das einen Meter zu kurz war | eine Dose hinter der Küche
win: die Schule vor den Ferien verkabelt | die Abnahme im ersten Anlauf bestanden | zwei Lehrlinge übernommen
tip: erst messen, dann anfassen | die Wand fotografieren, bevor der Putz kommt
folk: Kunden | Lehrlinge

logistics
title: Disponentin | Lagerleiter | Tourenplaner
site: an der Rampe | in der Leitstelle
task: das Umplanen vor dem Frühstück | die Suche nach dem einen Karton | das Streiten um Paletten
snag: eine gesperrte Brücke | ein Etikett auf dem Kopf | eine Zusage, die es nie gab
win: die Leerkilometer um ein Fünftel gesenkt | die Fahrer freitags nach Hause gebracht | die Fehlgriffe halbiert
tip: dem Fahrer glauben, nicht der Karte | zweimal zählen, wenn es zählt
folk: Fahrer | Kunden

accountant
title: Bilanzbuchhalterin | Controller | Leiterin Lohnbüro
site: im Monatsabschluss | im Lohnbüro
task: das Abstimmen auf den Cent | die Jagd nach Belegen | das Erklären von Rückstellungen
snag: eine doppelt bezahlte Rechnung | eine Kostenstelle ohne Besitzer | ein Lieferant mit drei Namen
win: in vier Tagen abgeschlossen | alle Spesen binnen einer Woche ausgezahlt | den Fehler von vor sechs Jahren gefunden
tip: nach dem Vertrag fragen, nicht nach der Zusammenfassung | alles Seltsame notieren
folk: Mandanten | Kostenstellenleiter
"""

TEXT = r"""
[post.open]
{When} haben wir {win}. Ich freue mich immer noch.
Kleine Nachricht {site}: Wir haben {win}.
{n_cap} Jahre in diesem Beruf, und ich lerne immer wieder dasselbe: {tip}.
Ehrliche Frage: Wie geht ihr damit um, wenn ihr schon wieder so etwas habt wie {snag}?
Was mir niemand gesagt hat, bevor ich {title} wurde: {task} ist der halbe Beruf.
Ich möchte {who} danken.
Nach {n} Jahren bei {firm} ist es Zeit für etwas Neues.
Wir suchen Verstärkung, am liebsten jemanden von hier: {title}, {city}.
Heute {site}: {snag}. Man könnte lachen, wenn es nicht Freitag wäre.
Unbeliebte Meinung: {tip}.
[post.body]
Geholfen hat kein neues Werkzeug, sondern {task}.
{who} hat das schon vor einem Jahr gesagt. Ich habe nicht zugehört.
Es war keine böse Absicht. Es war {snag}, und drei müde Leute.
{folk} haben es vor der Leitung gemerkt.
Gekostet hat es weniger als befürchtet: {n} Nachmittage und eine Kanne Kaffee.
Ich habe es auf einen Zettel geschrieben und über den Schreibtisch gehängt.
Gehalt steht in der Anzeige. Teilzeit geht auch.
Wer {who} kennt, weiß, was ich meine.
Das klingt selbstverständlich. Ist es am Ende einer Doppelschicht nicht.
[post.close]
Wie macht ihr das?
Mehr davon, bitte.
Und jetzt: Feierabend.
Morgen geht es um sieben weiter.
Ich bin gespannt auf eure Meinung.
[comment]
{who}, genau so ist es. Bei uns war es {snag}.
Herzlichen Glückwunsch, {who}!
Sehe ich anders. {tip_cap}, dann reden wir weiter.
Danke, {who}, das habe ich gleich ans ganze Team geschickt.
Und wer soll das bezahlen?
Hat bei {firm} einen Monat lang funktioniert.
Mein Reden seit Jahren 👏
{who} magst du die Liste teilen?
[repost.remark]
{who} sagt es besser, als ich es könnte.
Lesen. Bis zum Ende.
Nicht neu, aber immer noch richtig.
[endorsement]
{who} ist für mich die erste Adresse, wenn es um {skill} geht.
Bei {skill} frage ich {who}. Immer.
[recommendation]
Ich habe {n} Jahre mit {who} bei {firm} gearbeitet. {who} sieht Probleme, bevor sie welche werden, und macht kein Aufheben darum. Ich würde jederzeit wieder mit {who} arbeiten.
{who} hat mich eingearbeitet. Geduldig, klar, mit Humor. Der Satz, den ich bis heute weitergebe: {tip}.
[job.application]
Guten Tag, {who},\nich bewerbe mich auf die Stelle als {title} bei {other_firm}. Seit {n} Jahren arbeite ich bei {firm}; dort haben wir zuletzt {win}. Gern erzähle ich Ihnen mehr im Gespräch.\nMit freundlichen Grüßen\n{me}
[profile.summary]
{title} in {city}. Ich mag {task} und kann auf {snag} gut verzichten.
Seit {n} Jahren bei {firm}. Überzeugung: {tip}. Stolz darauf, dass wir {win} haben.
[group.message]
Hallo zusammen, wer ist am {day} dabei? {who} hat reserviert.
Hat hier jemand Erfahrung mit so etwas wie {snag}? Ich frage lieber hier als öffentlich.
Danke {who} für die Unterlagen!
Bitte nicht weiterleiten: Bei {firm} soll der Dienstplan schon wieder geändert werden.
[message.private]
{who}, unter uns: Ich habe ein Angebot von {other_firm}. Bitte sag bei {firm} noch nichts.
Bleibt es bei {day}?
Danke!! Du hast mir den Tag gerettet.
"""

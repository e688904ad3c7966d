# ruff: noqa: E501, RUF001 - one pool a line; names in the letters they are written in
"""Given and family names by the part of the world a member is from; any pair is a coincidence."""

from __future__ import annotations

NAMES = """
anglo
given: Olivia | Harry | Grace | Jack | Amelia | Callum | Ruby | Owen | Hannah | Liam | Megan | Ethan | Chloe | Ryan | Zoë | Marcus | Abigail | Dylan | Tessa | Gareth | Siân | Jordan | Heather | Wesley
family: Whitlock | Barrow | Fenwick | Hargreave | Ashdown | Merrick | Calloway | Pemberly | Thorne | Oakes | Rowntree | Sedgwick | Langford | Bexley | Marlowe | Draycott | O'Dell | Kinsella | Prewitt | Haldane | Stroud | Winslow | Yardley | Tolland

german
given: Jürgen | Anke | Lukas | Miriam | Sönke | Katrin | Felix | Ulrike | Jonas | Franziska | Matthias | Heike | Till | Svenja | Benedikt | Käthe | Moritz | Ines | Ruben | Dörte
family: Brandhorst | Kessel | Lindmüller | Ahrens | Vogelsang | Steinkamp | Röttger | Hollmann | Weidner | Grünwald | Tiedemann | Behnke | Falkenrath | Oberhuber | Schierloh | Maibaum | Pfleiderer | Niehues

french
given: Élodie | Bastien | Camille | Thibault | Margaux | Rémi | Aurélie | Loïc | Anaïs | Gaëtan | Solène | Mathis | Clémence | Yann | Inès | Hugo | Noémie | Corentin
family: Delcourt | Marchandier | Fauvel | Lagrange | Roussillon | Béranger | Thévenin | Castagnet | Morvan | Pelletan | Vasseur | Guérard | Lhermitte | Brissac | Chabrol | Dumoutier

dutch
given: Sanne | Joris | Femke | Thijs | Lieke | Bram | Marloes | Daan | Anouk | Ruben | Jikke | Sjoerd | Noor | Wouter
family: van Dalsem | de Haan | Kuipers | Terpstra | Hoekema | van der Linde | Bosgraaf | Meijering | Zwart | Verhoeve | Oosterling | Brouwhuis

hispanic
given: Lucía | Íñigo | Marisol | Andrés | Ximena | Rubén | Paloma | Gonzalo | Belén | Mateo | Araceli | Joaquín | Noelia | Emiliano | Pilar | Tomás
family: Carrasquel | Montalvo | Iturralde | Peñalver | Quiroga | Salvatierra | Zambrano | Olmedo | Berríos | Cifuentes | Arismendi | Villaseñor | Echeverri | Navarrete

lusophone
given: Thaís | João | Beatriz | Caio | Larissa | Rafael | Inês | Vinícius | Letícia | Otávio | Marina | Duarte | Renata | Nuno
family: Figueira | Sampaio | Brandão | Coutinho | Valadares | Teixeira | Magalhães | Peixoto | Quintela | Rezende | Siqueira | Antunes

indian
given: Ananya | Vikram | Priya | Arjun | Kavya | Rohan | Meera | Sanjay | Divya | Nikhil | Aditi | Farhan | Lakshmi | Harpreet | Ishaan | Sunita | Tanvi | Zubair
family: Ramanathan | Kulkarni | Bhattacharya | Sethi | Nambiar | Chaudhry | Deshpande | Iyengar | Mehrotra | Gill | Pillai | Saxena | Qureshi | Bandara

eastasian
given: Wei | Yuki | Min-jun | Mei-Ling | Haruto | Ji-woo | Xiao | Aiko | Kenji | Linh | Duc | Siti | Putri | Anh | Jun | Somchai
family: Tanaka-Ito | Zhang | Hwang | Lim | Nakagawa | Pham | Ong | Fujimori | Cheung | Baek | Setiawan | Srisai | Tsai | Mizuno | Dang

arabic
given: Layla | Omar | Yasmin | Tariq | Nadia | Karim | Salma | Idris | Rania | Bilal | Dalia | Hamza | Leïla | Emre | Shirin | Navid
family: El-Amrani | Haddad | Benkirane | Mansouri | Al-Rashidi | Sabbagh | Toprak | Khalil | Farouk | Ziani | Rezaei | Yıldırım | Nasser

african
given: Chiamaka | Kwame | Thandiwe | Tunde | Amara | Sipho | Wanjiru | Kofi | Zanele | Abebe | Fatou | Emeka | Naledi | Moussa
family: Okonjo | Mensah | Dlamini | Adeyemi | Mwangi | Tesfaye | Ndiaye | Boateng | Khumalo | Otieno | Diallo | Nwachukwu | Achterberg

slavic
given: Agnieszka | Łukasz | Zuzana | Ondřej | Kateryna | Bogdan | Milica | Vojtěch | Oksana | Tomasz | Jelena | Andrei | Dorota | Ștefan | Ieva | Mantas
family: Wiśniak | Dvořáček | Kovalenko | Petrović | Nowicka | Ionescu | Zielińska | Horváthy | Marinov | Szabados | Bondarchuk | Krastev | Ozols | Vaitkus

nordic
given: Astrid | Søren | Linnea | Eirik | Freja | Jónas | Saga | Mikkel | Åsa | Juhani | Ingrid | Torbjørn | Aino | Henrik
family: Lindqvist | Rasmussen | Haugland | Virtala | Sjöberg | Bjarnason | Nygård | Kallio | Østergaard | Strand | Thorsen | Åkerlund

mediterranean
given: Giulia | Matteo | Eleni | Nikos | Chiara | Dimitra | Alessio | Sofia | Lorenzo | Katerina | Davide | Marija | Maria-Grazia | Stelios
family: Ferrantini | Papadakis | Colombari | Galanis | Moretti | Stavrou | Bellucco | Vella | Konstas | Ricciardi | Marangon | Kallergis
"""

FIRM_ROOTS = tuple(
    "Alderbrook Northgate Kestrel Marram Halvorsen Brightwater Tamarind Coldstream Verdano Ostrava Lumen Harbourline "
    "Cassia Quillon Redfern Sandpiper Telluride Ravenna Bluestone Corvane Ellery Fairmead Ginkgo Juniper Lakeholm "
    "Meridian Novarra Orchard Palisade Quarry Riverside Solvane Thistle Umbra Westmark Yarrow Zephyr Amberley Birchwood "
    "Castellan Dunmore Estuary Foxglove Granary Hazelwood Ironbridge Kingsmere Linden".split()
)

STREETS = tuple(
    "Larkspur Lane|Old Ferry Road|Quarry Hill|Tannery Street|Millrace Close|Juniper Avenue|Saltmarsh Way|Cooper's Row|"
    "Windmill Crescent|Orchard Terrace|Lantern Street|Heron Court|Bramble Path|Foundry Road|Chandler Square|Poplar Walk".split(
        "|"
    )
)

TOWNS = tuple(
    "Westerfold|Marlinghame|Osterby|Kellbrook|Harrowmere|Pennleigh|Stonevale|Dunhallow|Ravensford|Eastwick Green|"
    "Greyhaven|Lower Tarn|Port Ellery|Saltburnham|Thornwick|Upper Callow".split("|")
)

STREETS_ABROAD = {
    "de": tuple("Fliederweg|Am Alten Hafen|Mühlenstieg|Gerberstraße|Lindenhof|Ziegeleiweg|Kirschgarten".split("|")),
    "fr": tuple(
        "rue des Tanneurs|allée des Saules|quai du Vieux Moulin|chemin des Lavandes|rue de la Verrerie".split("|")
    ),
    "nl": tuple("Molenkade|Wilgenlaan|Kuiperstraat|Havenpad|Leidijk|Zonnebloemhof".split("|")),
    "es": tuple(
        "calle del Olivar|paseo de la Noria|calle de los Herreros|avenida del Molino|calle Almendro".split("|")
    ),
}

TOWNS_ABROAD = {
    "de": tuple("Neuenrade am See|Oberlindach|Kaltenwerder|Bad Haslingen|Steinfurten".split("|")),
    "fr": tuple("Saint-Aubert-sur-Lenne|Villemarche|Montrevel-le-Vieux|Pont-Alric".split("|")),
    "nl": tuple("Oosterveenendijk|Waterhuizerland|Noordermeer|Zandwoude".split("|")),
    "es": tuple("Villar del Olmo Seco|Peñarrubia del Río|Santa Orosia|Valdelaguna Alta".split("|")),
}

"""What streets, units and countries are called, in the languages of the packs' regions and some more."""

from __future__ import annotations

from typing import Final

AFTER: Final = frozenset(
    """street streets st road roads rd avenue avenues ave av lane ln drive drives dr court courts ct place pl
    square squares sq terrace terraces ter crescent cres close boulevard blvd highway hwy parkway pkwy
    circle cir trail trl way row walk mews grove gardens gdns heights hts hill hills park point points ridge
    rise loop pass path pike plaza crossing crossroad crossroads junction turnpike freeway expressway
    causeway bypass extension ext green parade view views meadow meadows mall manor estate estates common
    commons corner corners course cove creek dale fields flat flats forge fork glen harbor island islands
    isle key knoll lake landing light lodge mount mountain neck orchard oval port prairie ranch rapid rest
    river route run shoal shore spring springs spur station stream summit throughway trace track trafficway
    tunnel union valley via viaduct village villages ville vista wall well wells bridge brook branch burg
    bluff bend beach bayou arcade alley utca u út útja tér tere köz krt körút sétány sor dűlő rakpart fasor
    straße strasse str weg gasse platz allee ring damm ufer chaussee steig pfad straat laan plein kade
    gracht dijk singel steenweg wei gata gatan gatu väg vägen gränd torg allé gade vej vei veien vegen gate
    plads plass terrasse stræde katu tie kuja polku kaari ranta tori ulica ulice trg cesta put obala náměstí
    třída nábřeží sady gatvė iela tee tänav puiestee mnt tn prospektas sokak sokağ\u0131 caddesi cad bulvar\u0131
    mahallesi braut vegur stígur οδός λεωφόρος πλατεία улица ул бульвар площад проспект road.""".split()
)
"""Stand after the name: Baker Street, Kossuth utca."""

BEFORE: Final = frozenset(
    """rue avenue av boulevard bd blvd chemin impasse allée allee quai cours passage route ruelle sentier esplanade
    faubourg place calle c/ avenida avda av. plaza paseo carrera carretera camino ronda travesía callejón
    rambla glorieta cuesta rua travessa praça largo estrada alameda rúa r. r praca quinta via viale piazza
    piazzale corso vicolo largo contrada strada lungomare borgo località salita ul ulica aleja aleje al pl
    plac os osiedle rondo strada str bulevardul bd calea aleea șoseaua piața náměstí nám tř třída ulice triq
    trg ulica ул улица бул бульвар площад пл οδός λεωφόρος λεωφ πλατεία πλ carrer passeig avinguda plaça
    rambla jalan heol bóthar sráid""".split()
)
"""Stand before the name: rue Monge, ul. Miła."""

ENDINGS: Final = tuple(
    """straße strasse strasze str. gasse gässli gässchen weg platz allee ring damm ufer steig steg graben gaten
    chaussee straat straatweg laan plein kade gracht dijk singel steenweg weide hof dreef gatan gata gatu
    vägen vagen väg gränd torget allén backen stigen gade vej vejen gården vangen veien veg vegen gate vei
    vegur braut katu tie kuja polku kaari tori raitti utca útja ulice iela gatvė ströget gårde bakken løkka
    haugen lia""".split()
)
"""End the name: Hauptstraße, Storgatan."""

UNITS: Final = frozenset(
    """apt apartment appt app suite ste unit flat floor room rm wohnung whg piso étage etage lgh lok byt""".split()
)

PARTICLES: Final = frozenset(
    """de da do dos das di del della delle dei du des d' la le les el los las l' lo of the van von der den het ten
    ter an am im zum zur auf unter i y e a à nad pod na u sur sous saint st ste santa san são e' of' f""".split()
)

STOP: Final = frozenset(
    """it's that's here's what's i'll we'll he's she's a an the this that these those my your his her our their its
    i you he she it we they is are was were be been has have had and or but if so of for from with by at to
    in on as into about over after before than then when where who what which how will would can could
    should may might must do does did not no yes all any some more most many much few new old good people
    users years year months days hours minutes times percent down up out off per each every other another
    such only just also very too now here there first last next same own through between under again address
    live lives lived meet office located return send please number phone website email""".split()
)
"""No names of streets, whatever their case."""

COUNTRIES: Final = tuple(
    each.strip()
    for each in """
    Afghanistan|Albania|Algeria|Andorra|Angola|Argentina|Armenia|Australia|Austria|Österreich|
    Azerbaijan|Bahamas|Bahrain|Bangladesh|Barbados|Belarus|Belgium|België|Belgique|Belize|Benin|
    Bhutan|Bolivia|Bosnia and Herzegovina|Botswana|Brazil|Brasil|Brunei|Bulgaria|България|
    Burkina Faso|Burundi|Cambodia|Cameroon|Canada|Chad|Chile|China|Colombia|Congo|Costa Rica|
    Croatia|Hrvatska|Cuba|Cyprus (Greek)|Cyprus|Κύπρος|Czech Republic|Czechia|Česko|
    Česká republika|Denmark|Danmark|Djibouti|Dominican Republic|Ecuador|Egypt|El Salvador|England|
    Estonia|Eesti|Eswatini|Ethiopia|Fiji|Finland|Suomi|France|Gabon|Gambia|Georgia|Germany|
    Deutschland|Ghana|Greece|Ελλάδα|Greenland|Greenlander|Guatemala|Guinea|Guyana|Haiti|Honduras|
    Hong Kong|Hungary|Magyarország|Iceland|Ísland|India|Indonesia|Iran|Iraq|Ireland|Éire|Israel|
    Italy|Italia|Ivory Coast|Jamaica|Japan|Jordan|Kazakhstan|Kenya|Kosovo|Kuwait|Kyrgyzstan|Laos|
    Latvia|Latvija|Lebanon|Lesotho|Liberia|Libya|Liechtenstein|Lithuania|Lietuva|Luxembourg|
    Madagascar|Malawi|Malaysia|Maldives|Mali|Malta|Mauritania|Mauritius|Mexico|México|Moldova|
    Monaco|Mongolia|Montenegro|Morocco|Mozambique|Myanmar|Namibia|Nepal|Netherlands|
    The Netherlands|Nederland|New Zealand|Nicaragua|Niger|Nigeria|North Macedonia|Northern Ireland|
    Norway|Norge|Oman|Pakistan|Panama|Papua New Guinea|Paraguay|Peru|Philippines|Poland|Polska|
    Portugal|Qatar|Romania|România|Russia|Rwanda|Saudi Arabia|Scotland|Senegal|Serbia|Srbija|
    Sierra Leone|Singapore|Slovakia|Slovensko|Slovenia|Slovenija|Somalia|South Africa|South Korea|
    Spain|España|Sri Lanka|Sudan|Suriname|Sweden|Sverige|Switzerland|Schweiz|Suisse|Svizzera|
    Syria|Taiwan|Tajikistan|Tanzania|Thailand|Togo|Trinidad and Tobago|Tunisia|Turkey|Türkiye|
    Turkmenistan|Uganda|Ukraine|United Arab Emirates|United Kingdom|UK|U.K.|United States of America|
    United States|USA|U.S.A.|US|Uruguay|Uzbekistan|Venezuela|Vietnam|Viet Nam|Wales|Yemen|Zambia|
    Zimbabwe
    """.split("|")
)

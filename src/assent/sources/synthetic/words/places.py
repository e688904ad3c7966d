"""Where members live: weights by region, the language they write besides English, the names they bear."""

from __future__ import annotations

WEIGHTS: dict[str, int] = {
    "US": 230, "IN": 130, "BR": 70, "GB": 40, "FR": 32, "ID": 28, "CA": 25, "MX": 23, "DE": 24, "IT": 20,
    "ES": 19, "PH": 17, "TR": 16, "AU": 15, "CO": 14, "NL": 13, "AR": 12, "ZA": 12, "PK": 12, "NG": 11,
    "CL": 8, "PE": 8, "PL": 8, "MY": 8, "EG": 8, "AE": 7, "SA": 7, "BE": 6, "SE": 6, "KE": 5, "PT": 6, "VN": 6,
    "BD": 6, "CH": 5, "SG": 5, "JP": 5, "HK": 4, "IE": 5, "RO": 5, "DK": 4, "AT": 4, "NO": 4, "MA": 4, "IL": 4,
    "NZ": 3, "GR": 3, "CZ": 3, "TH": 3, "KR": 3, "UA": 3, "FI": 3, "HU": 2, "GH": 2, "LK": 2, "IS": 1, "LI": 1,
    "CN": 4, "TW": 3, "EC": 3, "TN": 2, "DZ": 2, "ET": 2, "RS": 2, "BG": 2, "HR": 2, "SK": 1, "LT": 1, "LU": 1,
}  # fmt: skip
"""Out of about a thousand; every other region shares the small rest equally."""

LANGUAGES: dict[str, tuple[str, ...]] = {
    "DE": ("de",), "AT": ("de",), "CH": ("de", "fr"), "LI": ("de",), "FR": ("fr",), "BE": ("nl", "fr"),
    "LU": ("fr", "de"), "NL": ("nl",), "ES": ("es",), "MX": ("es",), "AR": ("es",), "CO": ("es",),
    "CL": ("es",), "PE": ("es",), "EC": ("es",),
}  # fmt: skip

NAME_POOLS: dict[str, str] = {
    region: pool
    for pool, regions in {
        "german": "DE AT CH LI LU",
        "french": "FR BE MC GP MQ RE GF",
        "dutch": "NL SR CW AW",
        "hispanic": "ES MX AR CO CL PE EC UY PY BO VE GT CR PA DO HN NI SV CU PR GQ",
        "lusophone": "BR PT AO MZ CV ST TL",
        "indian": "IN LK NP BD PK BT MU FJ MV",
        "eastasian": "CN JP KR TW HK SG MY VN TH ID PH KH LA MM MO BN MN",
        "arabic": "EG SA AE MA DZ TN TR IQ JO LB KW QA OM BH LY SY YE PS IR SD AF",
        "african": "NG KE GH ZA ET SN CI CM TZ UG RW ZM ZW BW NA ML BF BJ TG CD CG GA SL LR MW LS SZ",
        "slavic": "PL CZ SK UA RO RS BG HR SI HU BA ME MK LT LV EE BY RU MD AL GE AM KZ",
        "nordic": "SE NO DK FI IS FO AX GL SJ",
        "mediterranean": "IT GR CY MT SM VA IL",
    }.items()
    for region in regions.split()
}
"""Regions not named here take the `anglo` pool; one member in eight, anywhere, takes any pool."""

CITIES = tuple(
    "Leeds Austin Pune Recife Toronto Lyon Utrecht Leipzig Sevilla Nairobi Manila Kraków Porto Galway Basel Antwerp "
    "Medellín Durban Izmir Perth Chicago Glasgow Bristol Gdańsk Tampere Aarhus Cork Denver Ottawa Bologna Thessaloniki "
    "Valparaíso Chennai Lagos Rabat Seville Graz Nantes Groningen Bremen Halifax Cardiff Osaka Busan Cebu".split()
)

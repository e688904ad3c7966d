"""Each rule of quality on texts made for it, as pairs: what is left out, and what looks like it and stays."""

# ruff: noqa: RUF001 - people write curly quotes and other scripts

from __future__ import annotations

from random import Random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.curation.quality import JUDGMENT_SCHEMA, judge
from assent.curation.quality.language import detect
from assent.curation.words import Words, blocks
from assent.vocabulary.curation import Quality

RULES = Quality(
    frozenset({"post"}),
    minimum_words=2,
    maximum_words=20_000,
    maximum_repetition=0.6,
    maximum_boilerplate=0.8,
    maximum_gibberish=0.5,
)
ONLY_FRENCH = Quality(frozenset({"post"}), languages=frozenset({"fr"}))
POST = (
    "Last week our small team in Porto shipped the new search, and I learned more about caching than in ten years "
    "before. Happy to share the notes with anybody who asks."
)
GERMAN = "Ich habe heute mit meinem Team über die neue Suche gesprochen, und wir sind uns noch nicht einig."


def rule(text: str | None, rules: Quality = RULES) -> str | None:
    found = judge(pa.array(["post"]), pa.array([text], pa.string()), rules)["rule"].to_pylist()
    return found[0] if found else None


LEFT_OUT = [
    ("", "quality.empty"),
    (None, "quality.empty"),
    (" \n\t \u00a0", "quality.empty"),
    ("\u200b\u200f\ufeff", "quality.empty"),
    ("[EMAIL] [PERSON 7KQ2MF3T]", "quality.empty"),
    ("Agreed", "quality.length.short"),
    ("yes [PERSON 7KQ2MF3T] [PHONE]", "quality.length.short"),
    ("word other " * 10_001, "quality.length.long"),
    ("asdfghjkl qwrtpsdfg zxcvbnm hjklsdfg", "quality.gibberish"),
    ("xkqjz vqxwp zzxqk wvqjx pqxvz", "quality.gibberish"),
    ("aGVsbG8gd29ybGQgdGhpcyBpcyBiYXNlNjQ0 bW9yZSBiYXNlNjQgZGF0YSBmb2xsb3dz0", "quality.gibberish"),
    ("see 39cb3e1ca363e9d621ef1f89e00053d6 733e053a02d21c4877d499d0fbb4c11d", "quality.gibberish"),
    ("dÃ©jÃ\u00a0 Ã©tÃ© crÃ©Ã© prÃ©fÃ©rÃ© gÃ©nÃ©ral", "quality.gibberish"),
    ("aaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbb", "quality.gibberish"),
    ("ab %$#@ &*(^ )(*& !@#$ %^&* ()_+ =-[] cd", "quality.gibberish"),
    ("x" * 10_000_000 + " y", "quality.gibberish"),
    ("We are hiring today.\n" * 4, "quality.repetition.lines"),
    ("buy cheap watches now " * 8, "quality.repetition.sequences"),
    ("Thanks for sharing!", "quality.boilerplate"),
    ("Congrats on your work anniversary, [PERSON 7KQ2MF3T]!", "quality.boilerplate"),
    ("VON MEINEM iPHONE GESENDET", "quality.boilerplate"),
    ("Merci d’avoir partagé !", "quality.boilerplate"),
]

KEPT = [
    POST,
    "👍👍 well said by all of you 👍👍",
    "HTTP, REST, gRPC, TCP/IP, kubectl, nginx, RFC 6962 and PostgreSQL; also MSSQL.",
    "for (int i = 0; i < n; i++) { getElementsByTagName(xs[i]); } // ok",
    "Szczęście Grzegorza Brzęczyszczykiewicza w Chrząszczyżewoszycach",
    "Angstschweiß bei der Rechtschreibprüfung der Durchschnittsbürger",
    "Strč prst skrz krk, čtvrt hodiny zmrzl",
    "Привет всем, кто вчера пришёл на встречу",
    "今日は新しい検索について話しました",
    "שלום לכולם מהצוות החדש",
    "| a | b |\n|-----|-----|\n| one | two |\n",
    "no no no, not again, no",
    "Thanks for sharing! We tried the second approach with our warehouse last year and it halved the costs.",
    "Die Prüfsumme ist 39cb3e1ca363e9d621ef1f89e00053d6, bitte vergleicht sie vor dem Einspielen auf dem Server.",
    "[PERSON 7KQ2MF3T] and [PERSON 7KQ2MF3T] met [PERSON 7KQ2MF3T] at [ORGANIZATION] in [LOCATION]",
    "soooooooooo good to see you",
    "Ja.\nNein.\nJa, aber nur mit der neuen Schnittstelle und nach der Prüfung.",
]


@pytest.mark.parametrize(("text", "expected"), LEFT_OUT, ids=range(len(LEFT_OUT)))
def test_unfit_text_fails_its_rule(text: str | None, expected: str) -> None:
    assert rule(text) == expected


@pytest.mark.parametrize("text", KEPT, ids=range(len(KEPT)))
def test_ordinary_text_that_looks_like_it_is_kept(text: str) -> None:
    assert rule(text) is None


def test_what_was_measured_is_said() -> None:
    judged = judge(pa.array(["post"]), pa.array(["one two\n" * 4]), RULES)

    assert judged.to_pylist() == [
        {"row": 0, "drop": "repetition", "rule": "quality.repetition.lines", "value": 0.75},
    ]


def test_other_categories_and_absent_thresholds_ask_nothing() -> None:
    texts = pa.array(["", "xkqjz vqxwp zzxqk wvqjx pqxvz"])

    assert judge(pa.array(["resume", "resume"]), texts, RULES) == JUDGMENT_SCHEMA.empty_table()
    assert judge(pa.array(["post", "post"]), texts, Quality(frozenset({"post"})))["row"].to_pylist() == [0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GERMAN, "quality.language"),
        ("Вчера мы с командой говорили о новом поиске", "quality.language"),
        ("Hier, nous avons parlé de la recherche avec toute l'équipe, et je suis content.", None),
        ("Ok merci", None),
        ("Guten Morgen zusammen", None),
        ("Kesho tutazungumza kuhusu utafutaji mpya na timu yetu yote", None),
        ("[PERSON 7KQ2MF3T] [EMAIL] [PHONE] [LOCATION] [ORGANIZATION] [URL] 1 2 3", None),
        ("Il a dit : « " + GERMAN[:40] + " », et je ne sais pas ce que cela veut dire pour nous tous.", None),
    ],
)
def test_only_a_known_other_language_is_left_out(text: str, expected: str | None) -> None:
    assert rule(text, ONLY_FRENCH) == expected


def test_a_language_unknown_here_lets_every_script_pass() -> None:
    assert rule("Вчера мы с командой говорили", Quality(frozenset({"post"}), frozenset({"kk"}))) is None


SENTENCES = {
    "en": "We have been working on the new release and it is almost ready for you.",
    "de": GERMAN,
    "fr": "Nous avons travaillé sur la nouvelle version et elle est presque prête pour vous.",
    "es": "Hemos trabajado en la nueva versión y ya está casi lista para todos los que la esperaban.",
    "it": "Abbiamo lavorato alla nuova versione ed è quasi pronta per tutti quelli che la aspettavano.",
    "nl": "Wij hebben aan de nieuwe versie gewerkt en die is bijna klaar voor jullie.",
    "pt": "Nós temos trabalhado na nova versão e ela já está quase pronta para vocês.",
    "pl": "Pracowaliśmy nad nową wersją i jest już prawie gotowa, ale nie dla wszystkich.",
    "cs": "Pracovali jsme na nové verzi, která je už skoro hotová, ale ještě ne pro všechny.",
    "hu": "Az új verzió már majdnem kész, de még nem mindenki számára, és ez nagyon fontos.",
    "ro": "Am lucrat la noua versiune și este aproape gata pentru toți cei care au așteptat.",
    "fi": "Uusi versio on melkein valmis, mutta se ei ole vielä kaikille, ja olen siitä iloinen.",
    "sv": "Vi har arbetat med den nya versionen och den är nästan klar för alla som väntat.",
    "tr": "Yeni sürüm için çok çalıştık ve bu sürüm artık neredeyse hazır, ama daha değil.",
    "el": "Δουλέψαμε για τη νέα έκδοση και είναι σχεδόν έτοιμη.",
    "uk": "Ми працювали над новою версією, і вона вже майже готова для всіх, але ще не зараз.",
    "ja": "新しいバージョンはほとんど完成しました。",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_tells_its_language(language: str) -> None:
    assert detect(Words.of([SENTENCES[language]])) == [language]


# Some of the texts below are long: an example names them by place, so that what is printed of it stays short.
EXAMPLES = [text for text, _ in LEFT_OUT[:15]] + KEPT
TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=60), st.integers(0, len(EXAMPLES) - 1)), max_size=30)


@settings(max_examples=60, deadline=None)
@given(drawn=TEXTS, seed=st.integers(0, 1 << 32))
def test_what_is_said_of_a_row_does_not_depend_on_its_neighbours(drawn: list[str | int | None], seed: int) -> None:
    texts = [EXAMPLES[each] if isinstance(each, int) else each for each in drawn]
    order = list(range(len(texts)))
    Random(seed).shuffle(order)
    rules = Quality(RULES.categories, frozenset({"en", "de"}), 1, 50, 0.3, 0.3, 0.3)

    together = {each.pop("row"): each for each in judged([texts[at] for at in order], rules)}
    alone = {at: {key: value for key, value in each.items() if key != "row"}
             for at, place in enumerate(order) for each in judged([texts[place]], rules)}  # fmt: skip

    assert together == alone


def judged(texts: list[str | None], rules: Quality) -> list[dict[str, object]]:
    found: list[dict[str, object]] = judge(
        pa.array(["post"] * len(texts), pa.string()), pa.array(texts, pa.string()), rules
    ).to_pylist()
    return found


def test_blocks_of_any_size_give_the_same_words() -> None:
    texts = pa.array([POST, None, "", "東京 tower", GERMAN, "x"])

    whole = [(at, words.keys.tolist()) for at, words in blocks(texts, 1 << 20)]
    single = [words.keys.tolist() for _, words in blocks(texts, 1)]

    assert whole == [(0, [key for keys in single for key in keys])]


def test_words_are_runs_of_letters_and_digits_in_lower_case() -> None:
    words = Words.of(["L’École d'ÉTÉ: ŁÓDŹ ПРИВЕТ Ωμέγα 東京 a\u00a0b👍c… 3.5"])

    assert [bytes(words.lower[at:end]).decode() for at, end in zip(words.starts, words.ends, strict=True)] == [
        "l", "école", "d", "été", "łódź", "привет", "ωμέγα", "東", "京", "a", "b", "c", "3", "5",
    ]  # fmt: skip


def test_sliced_and_view_arrays_are_read_like_others() -> None:
    texts = pa.array(["zero", POST, "Agreed", POST]).slice(1)

    assert judge(pa.array(["post"] * 3), texts, RULES)["row"].to_pylist() == [1]
    assert judge(pa.array(["post"] * 3), texts.cast(pa.string_view()), RULES)["row"].to_pylist() == [1]

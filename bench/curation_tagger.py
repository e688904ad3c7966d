"""How many names the tagger finds, of whose origin, and how fast.

python -m bench.curation_tagger
"""

# ruff: noqa: E501 - names in rows

from __future__ import annotations

import time
from collections.abc import Iterator

import pyarrow as pa

from assent.curation.redact import tagger
from assent.curation.redact.tagger.training.writing import Writer
from bench.curation_pii import finders, scored, table
from bench.report import Row

HELD_OUT_NAMES: dict[str, str] = {
    "English": "Tamsin Oakhurst;Gethin Prowse;Barnaby Wickstead;Rowena Thistlewood;Desmond Culpepper;Imogen Farrow;Crispin Ridgeway;Winifred Hallam",
    "Irish, Welsh, Scottish": "Fionnuala Mulcahy;Ruairí Deasy;Caoimhe Breslin;Iolo Tudur;Seonaid Gilchrist;Fearghal Tierney;Nerys Gwynne;Lachlan Abernethy",
    "Nordic": "Ragnhild Tveit;Ingvar Stenmark;Torkel Blomgren;Sunniva Aasen;Pernille Kjær;Jorunn Sætre;Hrafnhildur Björnsdóttir;Seppo Ahonen",
    "German and Dutch": "Ottilie Hagedorn;Eckhart Wiesner;Gebhard Lindner;Roswitha Kessler;Teun Zwart;Liesbeth Kooistra;Berend Wiersma;Adelheid Ruppert",
    "French": "Séverine Jacquet;Aymeric Poulain;Clotilde Vasseur;Gaëtan Rivoire;Maëlle Tessier;Fulbert Charpentier;Corentin Hamel;Bérénice Collet",
    "Spanish and Portuguese": "Macarena Olmedo;Leandro Quiroga;Aránzazu Echeverría;Nazaret Pulido;Anselmo Figueroa;Graça Valadares;Telmo Brandão;Iracema Queiroz",
    "Italian": "Ornella Bassani;Fiorenzo Zanetti;Ludovico Tognazzi;Graziella Pavan;Ermanno Cusumano;Loredana Scalise;Gaspare Trovato;Nunzia Meli",
    "Slavic": "Bronisław Ziółkowski;Květoslava Zemanová;Radomir Vasić;Ljudevit Perković;Zdzisława Gajda;Anfisa Gorbunova;Svyatoslav Hrytsenko;Blagoje Tadić",
    "Greek, Hungarian, Romanian": "Aristeidis Kontos;Kyriaki Samaras;Gergely Bakos;Emőke Fodor;Szilárd Pintér;Sorin Dragomir;Lăcrămioara Tudose;Zacharias Mavros",
    "Arabic and Persian": "Suhail Qabbani;Ghada Barakat;Marwan Tawfiq;Thuraya Al-Harbi;Bijan Golshani;Fereshteh Nikzad;Wissam Darwish;Afsaneh Yazdani",
    "Turkish": "Gökhan Tekin;Nurcan Güneş;Serkan Bozkurt;Şebnem Ateş;Volkan Toprak;Gülşen Uysal;Cengiz Karaca;Berrin Alkan",
    "South Asian": "Devendra Bhardwaj;Madhuri Pillay;Tanmay Gokhale;Revathi Subramanian;Zubair Lodhi;Shabnam Kazmi;Ruwan Wickramasinghe;Harsimran Bedi",
    "Chinese": "Zihan Meng;Yuxuan Fan;Guoliang Shao;Shufen Hou;Wenbo Qian;Xueqin Ouyang;Meiling Tsai;Haoran Gong",
    "Japanese and Korean": "Katsumi Nomura;Setsuko Uehara;Fumio Kikuchi;Chiyo Hamada;Byungchul Noh;Hyejin Bae;Taeyang Moon;Tsubasa Kuroda",
    "Vietnamese, Thai, Malay": "Quynh Dinh;Thanh Luong;Kittisak Phromma;Wipada Jantawan;Hafizuddin Zulkifli;Ratna Puspita;Bagus Nugroho;Xuan Trinh",
    "West African": "Chukwuemeka Ezenwa;Oluwadamilare Fashola;Nkechi Anyanwu;Abdoulaye Sissoko;Kofoworola Shonibare;Efua Tetteh;Yaw Acheampong;Ndeye Gueye",
    "East and southern African": "Zainabu Omondi;Mulugeta Ayele;Nomvula Mkhize;Tapiwa Chigumba;Wairimu Gathoni;Tsepo Radebe;Kidist Worku;Okello Opio",
}
_CARRIERS = (
    "Yesterday {} helped me with the bike, so please pay {} back.",
    "The parcel was signed for by {} on the ground floor.",
    "hello, my colleague {} will take over next week",
    "{} never answered my letter.",
    "We are grateful to {} for the photographs.",
    "Interview with {}: what comes after the harvest",
    "Was it {} who sold you the boat?",
    "Minutes taken by {}, approved by the board.",
)


def measure(*, quick: bool) -> list[Row]:
    """Scores on the held-out half, recall by origin, and CPU time on ordinary text."""
    del quick
    for name, finder in finders().items():
        print(f"\n{name}, templates with an odd number\n{table(scored(finder, 1))}")
    alone = scored([tagger.find], 1).span["PERSON"]
    found = dict(recall_by_origin())
    print(
        "\nnames held out, found whole, by origin\n"
        + "\n".join(f"{each:28}{share:6.2f}" for each, share in found.items())
    )
    rate = speed()
    lowest = min(found, key=lambda each: found[each])
    return [
        Row("tagger: F2 of persons, held out", "≥ 0.80", f"{alone.f2:.3f}", alone.f2 >= 0.8),
        Row("tagger: recall of held-out names, lowest of origins", "-", f"{found[lowest]:.2f} ({lowest})", None),
        Row("tagger: speed per core", "≥ 3 MB/s", f"{rate:.1f} MB/s", rate >= 3),
    ]


run = measure


def recall_by_origin() -> Iterator[tuple[str, float]]:
    """Which share of names of each origin is found whole in sentences that nothing was trained on."""
    for origin, names in HELD_OUT_NAMES.items():
        asked = found = 0
        for name in names.split(";"):
            texts = [each.replace("{}", name) for each in _CARRIERS]
            hits = tagger.find(pa.array(texts)).to_pylist()
            people = {
                (hit["row"], texts[hit["row"]][hit["start"] : hit["end"]]) for hit in hits if hit["type"] == "person"
            }
            asked += len(texts)
            found += sum((row, name) in people for row in range(len(texts)))
        yield origin, found / asked


def speed() -> float:
    """Unit: megabytes of UTF-8 a second of CPU time."""
    writer = Writer(5)
    texts = pa.array([" ".join(writer.text()[0] for _ in range(6)) for _ in range(4000)])
    tagger.find(texts.slice(0, 10))
    started = time.process_time()
    tagger.find(texts)
    return sum(len(each.encode()) for each in texts.to_pylist()) / 1e6 / (time.process_time() - started)


if __name__ == "__main__":
    for row in measure(quick=True):
        print(f"{row.figure}: {row.measured} ({row.reach})")

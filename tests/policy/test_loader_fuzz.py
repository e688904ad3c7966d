"""Whatever text a pack is, the loader answers with a pack or with an error of Assent's own."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st
from policy_samples import EVERY_RULE_TEXT

from assent.errors import AssentError
from assent.policy.load import _shipped as shipped_folder
from assent.policy.load import load_pack, shipped_packs

TEXTS = [
    EVERY_RULE_TEXT,
    *((shipped_folder() / f"{name}.toml").read_text(encoding="utf-8") for name in shipped_packs()),
]
WORDS = sorted({word for text in TEXTS for word in text.split()})
values = st.sampled_from(
    [
        '"x"',
        "1",
        "-1",
        "1.5",
        "true",
        "[]",
        '["*"]',
        "{}",
        "{ a = 1 }",
        "2025-11-03",
        "nan",
        "1979-05-27T07:32:00",
        "07:32:00",
        '"""a\nb"""',
        "[[1]]",
    ]
)
keys = st.sampled_from(
    [
        "name",
        "title",
        "extends",
        "zone",
        "groups",
        "coverages.a.b.regions",
        "purposes.p.kind",
        "every_purpose.basis",
        "holds.h.until",
        "settings.s.off_with",
    ]
)
headers = st.sampled_from(
    [
        "[groups.A]",
        "[coverages.c.p]",
        "[scopes.s.p]",
        "[settings.s]",
        "[purposes.p]",
        "[holds.h]",
        "[[purposes]]",
        "[every_purpose]",
    ]
)
lines = st.one_of(headers, st.builds("{} = {}".format, keys, values), st.sampled_from(WORDS), st.text(max_size=12))


def only_our_errors(tmp_path_factory, raw):
    path = tmp_path_factory.getbasetemp() / "fuzz.toml"
    path.write_bytes(raw)
    with contextlib.suppress(AssentError):
        load_pack(path)


@settings(max_examples=300, deadline=None)
@given(text=st.lists(lines, max_size=12).map("\n".join))
def test_made_up_text(tmp_path_factory, text):
    only_our_errors(tmp_path_factory, text.encode("utf-8", "surrogatepass"))


@settings(max_examples=100, deadline=None)
@given(raw=st.binary(max_size=200))
def test_bytes(tmp_path_factory, raw):
    only_our_errors(tmp_path_factory, raw)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_packs_with_something_changed(tmp_path_factory, data):
    rows = data.draw(st.sampled_from(TEXTS)).split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(rows) - 1))
        change = data.draw(st.sampled_from(["drop", "double", "swap", "value", "word"]))
        if change == "drop":
            rows[at] = ""
        elif change == "double":
            rows.insert(at, rows[at])
        elif change == "swap":
            other = data.draw(st.integers(0, len(rows) - 1))
            rows[at], rows[other] = rows[other], rows[at]
        elif change == "value" and "=" in rows[at]:
            rows[at] = f"{rows[at].partition('=')[0]}= {data.draw(values)}"
        else:
            rows[at] += f" {data.draw(st.sampled_from(WORDS))}"
    only_our_errors(tmp_path_factory, "\n".join(rows).encode())

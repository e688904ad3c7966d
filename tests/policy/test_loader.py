"""A pack that cannot be used says everything that is wrong with it at once, with file, line and key."""

import tomllib

import pytest
from policy_samples import EVERY_RULE_TEXT

from assent.errors import InputError
from assent.policy.lines import line_of, locate
from assent.policy.load import PackError, load_pack, pack_from_document

SMALLEST = """\
name = "small"
title = "Small"
[coverages.all.part]
regions = ["*"]
[scopes.text.part]
categories = ["post"]
[settings.toggle]
title = "Toggle"
default = "on"
[notices.told]
title = "Told"
[purposes.train]
title = "Train"
kind = "training"
basis = "consent"
coverage = "all"
scope = "text"
"""


@pytest.fixture
def wrong(tmp_path):
    """The problems of a pack, as they are printed, without the folder."""

    def problems(text, name="pack.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(PackError) as raised:
            load_pack(path)
        return [str(problem).removeprefix(f"{tmp_path}/") for problem in raised.value.problems]

    return problems


def changed(old, new):
    assert old in SMALLEST
    return SMALLEST.replace(old, new)


def test_the_smallest_pack_loads():
    assert list(pack_from_document(tomllib.loads(SMALLEST)).purposes) == ["train"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (changed("regions =", "region ="), ["pack.toml:3: coverages.all.part.regions: is missing", "pack.toml:4: coverages.all.part.region: unknown key; did you mean `regions`?"]),
        (changed('["*"]', "[]"), ["pack.toml:4: coverages.all.part.regions: is empty"]),
        (changed('["*"]', '["DE", "GERMANY"]'), ["pack.toml:4: coverages.all.part.regions: no region or group `GERMANY`"]),
        (changed('["*"]', '"*"'), ["pack.toml:4: coverages.all.part.regions: `*` should be an array"]),
        (changed('["*"]', '["*"]\nfrom = "2025-11-03"'), ["pack.toml:5: coverages.all.part.from: `2025-11-03` should be a date or `2025-11-03` should be an instant"]),
        (changed('["*"]', '["*"]\nfrom = 2025-02-30'), ["pack.toml:5: invalid date or datetime"]),
        (changed('["*"]', '["DE"]\nexcept = ["FR"]'), ['pack.toml:5: coverages.all.part.except: takes away from "*" only; list the regions instead']),
        (changed('["*"]', '["*"]\nfrom = 0001-01-01T00:00:00+14:00'), ["pack.toml:5: coverages.all.part.from: is out of range"]),
        (changed('["post"]', '["post", "message.private"]'), ["pack.toml:6: scopes.text.part.categories: `message.private` cannot be in scope: private messages are never used"]),
        (changed('["post"]', '["post", "post"]'), ["pack.toml:6: scopes.text.part.categories: `post` stands in this scope twice"]),
        (changed('["post"]', '["a post"]'), ["pack.toml:6: scopes.text.part.categories: `a post` is no name: letters, digits, `.`, `_` and `-`, the first one a letter or digit"]),
        (changed('["post"]', '["post"]\nvisibility = []'), ["pack.toml:7: scopes.text.part.visibility: should be `any` or is empty"]),
        (changed('default = "on"', "default = true"), ["pack.toml:9: settings.toggle.default: should be `on` or `off`"]),
        (changed('default = "on"', 'default = "on"\noff_with = ["toggle"]'), ["pack.toml:10: settings.toggle.off_with: goes in a circle"]),
        (changed('default = "on"', 'default = "on"\noff_with = ["togle"]'), ["pack.toml:10: settings.toggle.off_with: no setting `togle`; did you mean `toggle`?"]),
        (changed('coverage = "all"', 'coverage = "al"'), ["pack.toml:16: purposes.train.coverage: no coverage `al`; did you mean `all`?"]),
        (changed('scope = "text"', 'scope = "texts"'), ["pack.toml:17: purposes.train.scope: no scope `texts`; did you mean `text`?"]),
        (changed('scope = "text"', 'scope = "text"\nsetting = "tggle"'), ["pack.toml:18: purposes.train.setting: no setting `tggle`; did you mean `toggle`?"]),
        (changed('scope = "text"', 'scope = "text"\nnotice = "tolt"'), ["pack.toml:18: purposes.train.notice: no notice `tolt`; did you mean `told`?"]),
        (changed('scope = "text"', 'scope = "text"\nwaiting_days = 30'), ["pack.toml:18: purposes.train.waiting_days: waits for no notice; name one with `notice`"]),
        (changed('scope = "text"', 'scope = "text"\nage_at = "creation"'), ["pack.toml:18: purposes.train.age_at: measures no age; give `minimum_age`"]),
        (changed('scope = "text"', 'scope = "text"\nminimum_age = 0'), ["pack.toml:18: purposes.train.minimum_age: should be at least 1"]),
        (changed('scope = "text"', 'scope = "text"\nminimum_age = 18.0'), ["pack.toml:18: purposes.train.minimum_age: should be a whole number"]),
        (changed('scope = "text"', 'scope = "text"\noffered = false'), ["pack.toml:12: purposes: none is offered"]),
        (changed('basis = "consent"\n', ""), ["pack.toml:12: purposes.train.basis: is missing, here or in every_purpose"]),
        (changed('basis = "consent"', 'basis = "interest"'), ["pack.toml:15: purposes.train.basis: `interest` should be one of `legitimate_interest`, `consent` or `contract`"]),
        (changed('title = "Small"', 'title = "Small"\nzone = "Mars/Olympus"'), ["pack.toml:3: zone: no such zone `Mars/Olympus`; write an IANA name like Europe/Dublin"]),
        (changed('title = "Small"', 'title = "Small"\nhold = 1'), ["pack.toml:3: hold: unknown key; did you mean `holds`?"]),
        (changed('title = "Small"', 'titel = "Small"'), ["pack.toml: title: is missing", "pack.toml:2: titel: unknown key; did you mean `title`?"]),
        (SMALLEST + '[groups.A]\nregions = ["B"]\n[groups.B]\nregions = ["A"]\n', ["pack.toml:19: groups.A.regions: goes in a circle", "pack.toml:21: groups.B.regions: goes in a circle"]),
        (SMALLEST + '[groups.DE]\nregions = ["FR"]\n', ["pack.toml:18: groups.DE: is a region code and cannot name a group"]),
        (SMALLEST + '[holds.h]\npurposes = ["trian"]\nregions = ["DE"]\n', ["pack.toml:19: holds.h.purposes: no purpose `trian`; did you mean `train`?"]),
        (SMALLEST + '[holds.h]\npurposes = ["train"]\nregions = ["DE"]\nfrom = 2026-01-01\nuntil = 2026-01-01\n', ["pack.toml:22: holds.h.until: is not after `from`, so the hold never holds"]),
        (SMALLEST + '[categories]\nnever = ["post"]\n', ["pack.toml:6: scopes.text.part.categories: `post` is on the never list"]),
        (SMALLEST + "[purposes.train]\n", ["pack.toml:18: cannot declare ('purposes', 'train') twice"]),
        (SMALLEST + "[purposes\n", ["pack.toml:18: expected ']' at the end of a table declaration"]),
        (SMALLEST + "x = " + "[" * 40 + "]" * 40, ["pack.toml: nested too deeply"]),
        (SMALLEST + "x = " + "9" * 5000, ["pack.toml:18: exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits; use sys.set_int_max_str_digits() to increase the limit"]),
        (SMALLEST.replace("Small", "Sm\xe4ll").encode("latin-1"), ["pack.toml:2: no UTF-8 text: invalid continuation byte"]),
        ("", ["pack.toml: name: is missing", "pack.toml: purposes: is missing", "pack.toml: title: is missing"]),
    ],
)  # fmt: skip
def test_one_thing_wrong(wrong, text, expected):
    assert wrong(text) == expected


def test_everything_at_once(wrong):
    text = (
        SMALLEST.replace('["*"]', '["EUROPE"]')
        .replace('"post"', '"post", "message.private"')
        .replace('default = "on"', "default = 1\nnote = 3")
        .replace('scope = "text"', 'scope = "text"\nsetting = "other"\nminimum_age = "18"')
    )
    assert wrong(text) == [
        "pack.toml:4: coverages.all.part.regions: no region or group `EUROPE`",
        "pack.toml:6: scopes.text.part.categories: `message.private` cannot be in scope: private messages are never used",
        "pack.toml:9: settings.toggle.default: should be `on` or `off`",
        "pack.toml:10: settings.toggle.note: should be text",
        "pack.toml:19: purposes.train.setting: no setting `other`",
        "pack.toml:20: purposes.train.minimum_age: `18` should be a whole number",
    ]


def test_a_name_of_something_that_is_wrong_itself_is_no_second_problem(wrong):
    text = changed('default = "on"', "default = 1").replace('scope = "text"', 'scope = "text"\nsetting = "toggle"')
    assert wrong(text) == ["pack.toml:9: settings.toggle.default: should be `on` or `off`"]


def test_a_problem_is_placed_in_the_overlay_that_caused_it(tmp_path, wrong):
    (tmp_path / "base.toml").write_text(SMALLEST, encoding="utf-8")
    text = 'name = "over"\ntitle = "Over"\nextends = "base.toml"\n[purposes.train]\nscope = "txt"\n'
    assert wrong(text, "over.toml") == ["over.toml:5: purposes.train.scope: no scope `txt`; did you mean `text`?"]


def test_what_an_overlay_leaves_alone_is_found_in_the_file_below(tmp_path, wrong):
    (tmp_path / "base.toml").write_text(changed('coverage = "all"', 'coverage = "none"'), encoding="utf-8")
    text = 'name = "over"\ntitle = "Over"\nextends = "base.toml"\n'
    assert wrong(text, "over.toml") == ["base.toml:16: purposes.train.coverage: no coverage `none`"]


def test_overlays_in_a_circle(wrong):
    text = 'name = "a"\ntitle = "A"\nextends = "pack.toml"\n'
    assert wrong(text) == ["pack.toml:3: extends: overlays go in a circle or too deep"]


@pytest.mark.parametrize("name", ["no-such-pack", "", "x" * 5000, "a\0b", "/"])
def test_a_pack_that_is_not_there(name):
    with pytest.raises(InputError, match=r"^no pack `") as raised:
        load_pack(name)
    assert "community-qa" in raised.value.hint


def test_a_file_that_is_far_too_large(tmp_path):
    path = tmp_path / "huge.toml"
    path.write_text("#" * 300_000, encoding="utf-8")
    with pytest.raises(InputError, match="too large to be a pack: 300000 bytes"):
        load_pack(path)


def test_groups_that_lead_to_groups_without_end_cost_nothing(wrong):
    chain = "".join(f'[groups.g{n}]\nregions = ["g{n + 1}", "g{n + 1}", "DE"]\n' for n in range(400))
    assert wrong(SMALLEST + chain) == [
        "pack.toml:817: groups.g399.regions: no region or group `g400`; did you mean `g40`?"
    ]


def test_the_message_is_one_line_and_counts_the_rest(tmp_path):
    path = tmp_path / "pack.toml"
    path.write_text('name = "a"\n', encoding="utf-8")
    with pytest.raises(PackError) as raised:
        load_pack(path)
    assert raised.value.message == f"pack `{path}` cannot be used: {path}: purposes: is missing (and 1 more)"
    assert raised.value.hint == f"`assent policy check {path}` lists every problem"


class TestWhatIsResolved:
    PACK = pack_from_document(tomllib.loads(EVERY_RULE_TEXT))

    def test_dates_in_the_packs_zone(self):
        assert self.PACK.purposes["train"].coverage["EE"].isoformat() == "2025-06-30T23:00:00+00:00"

    def test_instants_keep_their_offset(self):
        assert self.PACK.purposes["train"].coverage["BR"].isoformat() == "2025-01-15T10:00:00+00:00"

    def test_no_date_is_always(self):
        assert self.PACK.purposes["train"].coverage["IE"] is None

    def test_exceptions_are_not_covered(self):
        assert "US" not in self.PACK.purposes["train"].coverage

    def test_groups_of_groups(self):
        assert self.PACK.groups["WIDE"] == {"SE", "NO", "DK", "FI", "IS", "EE", "LV"}

    def test_a_code_beats_its_group(self):
        assert [self.PACK.settings["top"].defaults[code] for code in ("NO", "SE", "DE")] == ["off", "on", "on"]

    def test_private_messages_are_never_used_though_no_list_names_them(self):
        assert self.PACK.never == {"salary", "message.private"}

    def test_a_purpose_over_every_purpose(self):
        overridden = EVERY_RULE_TEXT.replace('kind = "advertising"', 'kind = "advertising"\nbasis = "consent"')
        assert pack_from_document(tomllib.loads(overridden)).purposes["sell"].basis == "consent"


def test_lines_of_keys_in_every_form_toml_has():
    text = '''\
# a comment with [brackets]
top = 1
"quoted key" = """
[not.a.table]
still = "text" """
[a.b] # [c]
x.y = [
  "]", # ]
  '[',
]
inline = { one = 1, two = { three = [1,
2] } }
[[list]]
k = 'it''
[[list]]
k = "\\"]"
'''.replace("'it''", "'it'")
    found = locate(text)
    assert {".".join(path): line for path, line in found.items() if len(path) < 4} == {
        "top": 2,
        "quoted key": 3,
        "a": 6,
        "a.b": 6,
        "a.b.x": 7,
        "a.b.inline": 11,
        "a.b.x.y"[:5]: 7,
        "list": 13,
        "list.k": 14,
    }
    assert line_of(found, ("a", "b", "inline", "two", "three")) == 11
    assert line_of(found, ("a", "b", "gone")) == 6
    assert line_of(found, ("gone",)) is None


def test_an_objection_to_advertising_cannot_be_weighed(tmp_path):
    path = tmp_path / "weighed.toml"
    path.write_text(
        'name = "weighed"\ntitle = "Weighed"\nextends = "professional-network-2025-11"\n'
        '[purposes.ads_measurement]\nobjection = "weighed"\n'
    )
    with pytest.raises(PackError) as caught:
        load_pack(path)
    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (5, "purposes.ads_measurement.objection")
    assert "absolute" in problem.message

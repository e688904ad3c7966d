import io
import json
import re
import zipfile
from dataclasses import replace
from functools import cache

import pytest
from bundle_facts import audit, facts
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.audit.bundle.archive import BUNDLE_PREDICATE, STATEMENT, check_bundle, open_bundle, write_bundle
from assent.audit.bundle.documents import DOCUMENTS
from assent.audit.bundle.inputs import AuditFacts
from assent.audit.model.reading import read_model_audit
from assent.errors import EvidenceError, InputError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x01")


@cache
def written():
    return write_bundle(facts(), KEY)


@cache
def opened():
    return check_bundle(written(), KEY.public_key())


def said(name):
    page = re.sub(r"<(style|svg).*?</\1>", " ", opened().files[name].decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def rezipped(files, order=sorted):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in order(files):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, files[name])
    return target.getvalue()


def unzipped(data=None):
    with zipfile.ZipFile(io.BytesIO(data or written())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_bundle_opens_from_its_file(tmp_path):
    path = tmp_path / "evidence.zip"
    path.write_bytes(written())
    assert open_bundle(path, KEY.public_key()).files == opened().files


def test_the_same_facts_give_the_same_bytes():
    assert write_bundle(facts(), KEY) == written()


def test_every_document_is_there_and_named_in_the_signed_list():
    names = {f"{name}.html" for name, _ in DOCUMENTS}
    assert names <= set(opened().files)
    assert {each.name for each in opened().statement.subjects} == set(opened().files)
    assert opened().statement.predicate_type == BUNDLE_PREDICATE


def test_any_byte_changed_is_found():
    data, missed = written(), []
    step = max(1, len(data) // 200)
    for at in [*range(0, len(data), step), *range(len(data) - 120, len(data))]:
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        try:
            check_bundle(changed, KEY.public_key())
        except EvidenceError:
            continue
        missed.append(at)
    assert missed == []


def test_a_file_changed_and_zipped_again_is_found_by_name():
    files = unzipped()
    files["tests.html"] += b" "
    with pytest.raises(EvidenceError, match=r"`tests.html` was changed"):
        check_bundle(rezipped(files), KEY.public_key())


def test_a_file_taken_out_is_found():
    files = unzipped()
    del files["tests.html"]
    with pytest.raises(EvidenceError, match=r"`tests.html` is missing"):
        check_bundle(rezipped(files), KEY.public_key())


def test_a_file_put_in_is_found():
    with pytest.raises(EvidenceError, match="does not name it"):
        check_bundle(rezipped({**unzipped(), "approval.html": b"fine"}), KEY.public_key())


def test_files_in_another_order_are_found():
    data = rezipped(unzipped(), order=lambda files: sorted(files, reverse=True))
    with pytest.raises(EvidenceError, match="zip was changed"):
        check_bundle(data, KEY.public_key())


def test_bytes_behind_the_zip_are_found():
    with pytest.raises(EvidenceError):
        check_bundle(written() + b"\0", KEY.public_key())


def test_anothers_signature_is_refused():
    with pytest.raises(EvidenceError, match="signature does not hold"):
        check_bundle(written(), OTHER.public_key())


def test_a_bundle_signed_again_by_somebody_else_is_refused():
    with pytest.raises(EvidenceError, match="signature does not hold"):
        check_bundle(write_bundle(facts(), OTHER), KEY.public_key())


def test_no_signed_list_is_no_bundle():
    files = unzipped()
    del files[STATEMENT]
    with pytest.raises(EvidenceError, match=r"has no `bundle.dsse.json`"):
        check_bundle(rezipped(files), KEY.public_key())


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all"])
def test_what_is_no_zip_is_refused(data):
    with pytest.raises(EvidenceError, match="no zip"):
        check_bundle(data, KEY.public_key())


def test_a_compressed_zip_is_refused_before_it_is_unpacked():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"0" * 10_000_000)
    with pytest.raises(EvidenceError, match="not written as a bundle is"):
        check_bundle(target.getvalue(), KEY.public_key())


def test_no_file_is_the_callers_mistake(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        open_bundle(tmp_path / "none.zip", KEY.public_key())


@pytest.mark.parametrize("name", ["../out", "a//b", "c:d", "über", "a\nb", ""])
def test_attachments_with_unsafe_names_are_refused(name):
    with pytest.raises(InputError, match="no name for a file"):
        write_bundle(facts(attachments={name: b""}), KEY)


def test_assessments_are_filled_from_the_facts():
    text = said("legitimate-interest-assessment.html")
    assert "EU (2025-11-03), US (always in force)" in text
    assert "“We train on posts” was brought to 640 members (in the app), 300 members (by mail), of 1,000." in text
    assert "3 received, 2 upheld; overdue: 1" in text
    assert "This purpose rests on consent; no balance is struck for it." in text


def test_what_a_person_must_write_is_marked_and_listed():
    open_keys = set(opened().open)
    assert "legitimate-interest/train_llm/interest" in open_keys
    assert "impact/advice" in open_keys
    assert "compatibility/train_llm/link" in open_keys
    assert not any("train_voice" in each for each in open_keys)
    assert "[to be completed by the controller: which interest is pursued" in said(
        "legitimate-interest-assessment.html"
    )
    assert said("index.html").count("/train_llm/") == sum("/train_llm/" in each for each in open_keys)


def test_text_that_a_person_wrote_closes_its_item_and_is_escaped():
    wrote = {"impact/advice": "Fine.\n\n<b>But</b> mask names."}
    found = check_bundle(write_bundle(facts(written=wrote), KEY), KEY.public_key())
    page = found.files["impact-assessment.html"].decode()
    assert "<p class=written>Fine.</p><p class=written>&lt;b&gt;But&lt;/b&gt; mask names.</p>" in page
    assert set(found.open) == set(opened().open) - {"impact/advice"}


def test_blank_text_closes_nothing():
    found = check_bundle(write_bundle(facts(written={"impact/advice": " \n"}), KEY), KEY.public_key())
    assert found.open == opened().open


def test_text_for_an_item_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match="nothing is open under `impact/advise`"):
        write_bundle(facts(written={"impact/advise": "x"}), KEY)


def test_tests_run_and_not_run_both_stand_there():
    text = said("tests.html")
    assert "AUC 0.55 (0.48 to 0.62)" in text
    assert "model-7, adapter 0: one-run bound (no coin decided what is planted)" in text
    assert "big-1: all tests (trained elsewhere)" in text
    assert "big-1: due 2026-01-01" in text
    assert "not run : no witness is set up" in text


def test_exclusions_stand_by_reason():
    assert "setting off 1,200 too young 800 allowed, of all decided 3,210 of 5,000" in said("scope-and-exclusions.html")


def test_what_nobody_counted_is_unknown_and_not_zero():
    unknown = check_bundle(write_bundle(facts(objections=(), take_backs=None), KEY), KEY.public_key())
    page = unknown.files["objections-and-clocks.html"].decode()
    assert page.count("unknown</span>") == 2


def test_a_platform_without_anything_still_has_a_bundle_that_says_so():
    bare = facts(
        notices=(), objections=(), snapshots=(), models=(), take_backs=None, checks=(), audits=(), attachments={}
    )
    found = check_bundle(write_bundle(bare, KEY), KEY.public_key())
    assert b"No model was audited." in found.files["tests.html"]
    assert b"No notice is on record." in found.files["notices-and-coverage.html"]


def test_pages_have_no_script_and_fetch_nothing():
    for name, data in opened().files.items():
        if name.endswith(".html"):
            page = data.decode()
            assert "<script" not in page
            links = re.findall(r'(?:href|src)="([^"#][^"]*)"', page)
            assert set(links) <= set(opened().files), name


def test_names_from_outside_are_escaped():
    found = check_bundle(write_bundle(facts(platform="<script>x</script>"), KEY), KEY.public_key())
    assert all(b"<script" not in data for name, data in found.files.items() if name.endswith(".html"))


def test_audits_in_the_bundle_can_be_read_again():
    stored = json.loads(opened().files["audits/model-7-before.json"])
    assert read_model_audit(stored) == audit()


def test_two_audits_of_one_model_are_refused():
    with pytest.raises(InputError, match="two audits"):
        write_bundle(facts(audits=(AuditFacts(audit()), AuditFacts(audit()))), KEY)


def test_a_model_that_was_superseded_is_not_called_overdue():
    old = tuple(replace(each, superseded_by="model-8") for each in facts().models)
    found = check_bundle(write_bundle(facts(models=old), KEY), KEY.public_key())
    assert b"due 2026" not in found.files["tests.html"]

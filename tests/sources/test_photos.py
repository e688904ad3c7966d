"""Photos: what stands in the file counts, the bytes are named by their digest, and a bad list is one clear line."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from assent.errors import InputError
from assent.operations.signals import read_signals
from assent.sources import check_source, open_source
from assent.sources.photos import read_assertion

c2pa = pytest.importorskip("c2pa")
image = pytest.importorskip("PIL.Image")

HEADER = "id,member,file,created_at,visibility\n"
NO = {"cawg.ai_generative_training": {"use": "notAllowed"}}
YES = {"cawg.ai_generative_training": {"use": "allowed"}, "cawg.data_mining": {"use": "allowed"}}


def plain() -> bytes:
    out = io.BytesIO()
    image.new("RGB", (32, 32), "teal").save(out, "JPEG")
    return out.getvalue()


def certificate(name: str, key, issuer: str, signer, *, ca: bool) -> bytes:
    def called(what: str) -> x509.Name:
        attributes = ((NameOID.ORGANIZATION_NAME, "Test"), (NameOID.COMMON_NAME, what))
        return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])

    usage = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(called(issuer), called(name), key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(x509.KeyUsage(not ca, key_cert_sign=ca, crl_sign=ca, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if not ca:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return made.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def signer():
    root, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    chain = certificate("leaf", leaf, "root", root, ca=False) + certificate("root", root, "root", root, ca=True)
    key = leaf.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    info = c2pa.C2paSignerInfo(alg=b"es256", sign_cert=chain, private_key=key, ta_url=None)
    return c2pa.Signer.from_info(info)


@pytest.fixture
def stated(signer):
    """A photo with that assertion, signed; `over` is the photo it was edited from."""

    def make(entries: dict[str, object], over: bytes | None = None) -> bytes:
        actions = {
            "actions": [
                {
                    "action": "c2pa.created",
                    "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
                }
            ]
        }
        assertions = [{"label": "cawg.training-mining", "data": {"entries": entries}}]
        if over is None:
            assertions.insert(0, {"label": "c2pa.actions.v2", "data": actions})
        builder = c2pa.Builder(json.dumps({"claim_generator_info": [{"name": "test"}], "assertions": assertions}))
        if over is not None:
            builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
        out = io.BytesIO()
        builder.sign(signer, "image/jpeg", io.BytesIO(plain() if over is None else over), out)
        return out.getvalue()

    return make


@pytest.fixture
def folder(tmp_path: Path, stated) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(stated(NO))
    (folder / "b.jpg").write_bytes(plain())
    (folder / "photos.csv").write_text(
        HEADER
        + "p1,mira,a.jpg,2024-01-01T00:00:00Z,public\np2,tom,b.jpg,,public\np3,eve,../c.jpg,,public\np4,eve,d.jpg,,\n"
    )
    return folder


def test_what_a_photo_says_denies(tmp_path: Path, stated) -> None:
    (tmp_path / "a.jpg").write_bytes(stated(NO))

    found = read_signals(photo=tmp_path / "a.jpg")

    assert found.denies == {"generative_training": True, "training": False}


def test_a_photo_that_says_nothing_has_no_signal(tmp_path: Path) -> None:
    (tmp_path / "b.jpg").write_bytes(plain())

    assert read_assertion(tmp_path / "b.jpg") is None


def test_a_later_edit_does_not_lift_what_the_photographer_said(tmp_path: Path, stated) -> None:
    (tmp_path / "c.jpg").write_bytes(stated(YES, over=stated(NO)))

    found = read_assertion(tmp_path / "c.jpg")

    assert found is not None
    assert found["cawg.ai_generative_training"]["use"] == "notAllowed"


def test_a_photo_is_a_record_with_its_digest_and_its_signal(folder: Path, tmp_path: Path) -> None:
    source = open_source("photos", folder, tmp_path / "staging")

    rows = {row["id"]: row for row in pq.read_table(source.tables[0].files[0]).to_pylist()}
    digest = sha256((folder / "a.jpg").read_bytes()).hexdigest()
    assert rows["p1"]["text"] == f"photo a.jpg sha256:{digest}"
    assert json.loads(rows["p1"]["cawg"]) == NO
    assert (rows["p1"]["category"], rows["p1"]["author"], rows["p2"]["cawg"]) == ("profile.photo", "mira", None)


def test_a_file_that_is_missing_or_outside_is_counted_and_left_out(folder: Path, tmp_path: Path) -> None:
    source = open_source("photos", folder, tmp_path / "staging")

    assert [each.count for each in source.problems] == [2]


def test_nothing_is_converted_again_until_something_changes(folder: Path, tmp_path: Path) -> None:
    first = open_source("photos", folder, tmp_path / "s").tables[0].files[0].stat().st_mtime_ns
    again = open_source("photos", folder, tmp_path / "s").tables[0].files[0].stat().st_mtime_ns
    (folder / "b.jpg").write_bytes(plain() + b"x")
    changed = open_source("photos", folder, tmp_path / "s").tables[0].files[0].stat().st_mtime_ns

    assert (again == first, changed == first) == (True, False)


def test_a_list_without_a_column_is_told(tmp_path: Path) -> None:
    (tmp_path / "photos.csv").write_text("id,member\n1,2\n")
    with pytest.raises(InputError, match="has no column `file`"):
        check_source("photos", tmp_path)


def test_a_folder_without_a_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no list of photos"):
        check_source("photos", tmp_path)


def test_a_file_that_is_no_photo_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").write_bytes(b"hello")

    assert read_assertion(tmp_path / "x.jpg") is None


def test_a_damaged_manifest_is_told_and_permits_nothing(tmp_path: Path, stated) -> None:
    data = stated(NO)
    (tmp_path / "a.jpg").write_bytes(data.replace(b"cawg.training-mining", b"cawg.training-xxxxxx"))
    (tmp_path / "photos.csv").write_text(HEADER + "p1,mira,a.jpg,,public\n")
    source = open_source("photos", tmp_path, tmp_path / "staging")
    (row,) = pq.read_table(source.tables[0].files[0]).to_pylist()

    assert {each["use"] for each in json.loads(row["cawg"]).values()} == {"notAllowed"}
    assert [each.count for each in source.problems] == [1]
    with pytest.raises(InputError, match=r"manifest in `a.jpg` was changed"):
        read_assertion(tmp_path / "a.jpg")

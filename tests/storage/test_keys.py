import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from assent.errors import InputError
from assent.storage.keys import create_key, load_key, load_or_create_key


def test_a_created_key_is_the_one_that_is_loaded(tmp_path):
    created = create_key(tmp_path / "keys" / "log.pem")
    assert load_key(tmp_path / "keys" / "log.pem").private_bytes_raw() == created.private_bytes_raw()


def test_only_the_owner_can_read_a_key(tmp_path):
    create_key(tmp_path / "log.pem")
    assert (tmp_path / "log.pem").stat().st_mode & 0o777 == 0o600


def test_a_key_is_never_overwritten(tmp_path):
    (tmp_path / "log.pem").write_text("precious")
    with pytest.raises(InputError):
        create_key(tmp_path / "log.pem")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("log.pem", "precious")]


def test_the_same_entropy_gives_the_same_key(tmp_path):
    keys = [create_key(tmp_path / name, entropy=lambda count: b"e" * count) for name in ("a", "b")]
    assert keys[0].private_bytes_raw() == keys[1].private_bytes_raw()


def test_load_or_create_keeps_an_existing_key(tmp_path):
    first = load_or_create_key(tmp_path / "log.pem")
    assert load_or_create_key(tmp_path / "log.pem").private_bytes_raw() == first.private_bytes_raw()


def test_a_key_others_can_read_is_refused(tmp_path):
    create_key(tmp_path / "log.pem")
    (tmp_path / "log.pem").chmod(0o644)
    with pytest.raises(InputError, match="read by others"):
        load_key(tmp_path / "log.pem")


def test_a_missing_key_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="no key"):
        load_key(tmp_path / "log.pem")


def test_what_is_no_key_is_an_input_error(tmp_path):
    (tmp_path / "log.pem").write_text("-----BEGIN PRIVATE KEY-----\nnot one\n-----END PRIVATE KEY-----\n")
    (tmp_path / "log.pem").chmod(0o600)
    with pytest.raises(InputError):
        load_key(tmp_path / "log.pem")


def test_a_key_of_another_kind_is_an_input_error(tmp_path):
    pem = X25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "log.pem").write_bytes(pem)
    (tmp_path / "log.pem").chmod(0o600)
    with pytest.raises(InputError, match="no Ed25519"):
        load_key(tmp_path / "log.pem")

import pytest

from assent.errors import InputError, UnavailableError
from assent.storage.files import exclusive_lock, write_all_durably, write_durably, write_whole


def test_a_written_file_holds_exactly_the_bytes(tmp_path):
    write_durably(tmp_path / "a" / "b", b"bytes")
    assert (tmp_path / "a" / "b").read_bytes() == b"bytes"


def test_writing_again_replaces_the_file(tmp_path):
    write_durably(tmp_path / "a", b"long old bytes")
    write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


def test_many_files_are_all_written_and_nothing_else_is_left(tmp_path):
    write_all_durably([(tmp_path / str(number), b"x") for number in range(40)])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(map(str, range(40)))


def test_a_folder_in_the_way_is_an_input_error(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(InputError):
        write_durably(tmp_path / "a", b"x")


def test_a_second_holder_waits_and_then_gives_up(tmp_path):
    with (
        exclusive_lock(tmp_path / "lock"),
        pytest.raises(UnavailableError),
        exclusive_lock(tmp_path / "lock", wait_seconds=0.05),
    ):
        pytest.fail("the lock was given twice")


def test_a_lock_ends_with_its_block(tmp_path):
    with exclusive_lock(tmp_path / "lock"):
        pass
    with exclusive_lock(tmp_path / "lock", wait_seconds=0):
        assert [path.name for path in tmp_path.iterdir()] == ["lock"]

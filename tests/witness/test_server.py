"""The witness over HTTP, in a process of its own, asked by the log's own code."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from running import Running, running, start
from test_witness import Log, signer

from assent.errors import EvidenceError, RefusedError, UnavailableError
from assent.evidence.cosignature import WitnessKey, add_lines, read_cosignatures
from assent.evidence.merkle import root_of
from assent.evidence.witness_request import SIZE_TYPE
from assent.witness.asking import ask_witness
from assent.witness.published import PublishedLog, open_published
from assent.witness.witness import Witness


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("witness") / "w"


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Running]:
    Witness.create(folder, "witness.example/w", clock=lambda: datetime.now(UTC))
    with running(folder) as witness:
        yield witness


@pytest.fixture
def log(folder: Path, served: Running, request: pytest.FixtureRequest) -> Log:
    """A log of its own for each test, all watched by the one witness."""
    name = hashlib.sha256(request.node.name.encode()).hexdigest()
    key = signer(f"{name}.example", name)
    Witness.open(folder, clock=lambda: datetime.now(UTC)).trust(key.verifier)
    return Log(key=key)


@pytest.fixture
def vkey(folder: Path) -> WitnessKey:
    return WitnessKey.parse((folder / "vkey").read_text())


def published(log: Log) -> PublishedLog:
    """The log's tiles, as a web server would give them."""

    def read(path: str) -> bytes:
        level, _, place = path.removeprefix("tile/").partition("/")
        index, _, width = place.partition(".p/")
        row = log.leaves(5_000)
        if level == "1":
            row = [root_of(row[at : at + 256]) for at in range(0, len(row) // 256 * 256, 256)]
        return b"".join(row[int(index) * 256 : int(index) * 256 + int(width or 256)])

    return PublishedLog("memory", read)


def post(served: Running, body: bytes) -> httpx.Response:
    return httpx.post(f"{served.url}/add-checkpoint", content=body)


def test_it_listens_on_the_loopback_address(served: Running) -> None:
    assert served.url.startswith("http://127.0.0.1:")


def test_a_cosignature_comes_back(served: Running, log: Log, vkey: WitnessKey) -> None:
    answer = post(served, log.request(0, 3))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert len(read_cosignatures(add_lines(log.note(3), [answer.text]), [vkey])) == 1


def test_the_size_it_knows_has_a_type_of_its_own(served: Running, log: Log) -> None:
    post(served, log.request(0, 3))
    answer = post(served, log.request(0, 4))
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (409, SIZE_TYPE, b"3\n")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda log: b"", 400),
        (lambda log: b"old 9\n\n" + log.note(3), 400),
        (lambda log: Log(key=signer(log.key.name, "mallory")).request(0, 3), 403),
        (lambda log: Log(key=signer("nobody.example")).request(0, 3), 404),
        (lambda log: b"old 0\n" + b"A" * 43 + b"=\n\n" + log.note(3), 422),
        (lambda log: b"x" * 70_000, 413),
    ],
)
def test_each_refusal_has_its_status(served: Running, log: Log, change, status: int) -> None:
    assert post(served, change(log)).status_code == status


def test_only_the_two_paths_exist(served: Running) -> None:
    statuses = [httpx.get(f"{served.url}{path}").status_code for path in ("/", "/add-checkpoint", "/x/checkpoint")]
    assert statuses == [404, 405, 404]


def test_what_it_cosigned_can_be_asked_for(served: Running, log: Log, vkey: WitnessKey) -> None:
    post(served, log.request(0, 3))
    ident = hashlib.sha256(log.key.name.encode()).hexdigest()
    note = httpx.get(f"{served.url}/{ident}/checkpoint").content
    assert note.startswith(log.note(3))
    assert len(read_cosignatures(note, [vkey])) == 1


@pytest.mark.parametrize("sizes", [(0, 1), (1, 1), (255, 257), (256, 300, 4_999)])
def test_a_growing_log_is_cosigned_again_and_again(
    served: Running, log: Log, vkey: WitnessKey, sizes: tuple[int, ...]
) -> None:
    for size in sizes:
        asked = ask_witness(served.url, vkey, published(log), log.note(size))
        assert asked.problem is None
        assert asked.cosignature is not None


def test_of_many_requests_at_once_none_rolls_another_back(served: Running, log: Log, folder: Path) -> None:
    post(served, log.request(0, 1))
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda size: post(served, log.request(1, size)), range(2, 18)))
    signed = [size for size, answer in zip(range(2, 18), answers, strict=True) if answer.status_code == 200]
    assert len(signed) == 1
    last = Witness.open(folder, clock=lambda: datetime.now(UTC)).last_of(log.key.name)
    assert last is not None
    assert last.size == signed[0]


def test_a_log_that_shows_two_histories_is_found_out_with_both_notes(
    served: Running, log: Log, vkey: WitnessKey
) -> None:
    ask_witness(served.url, vkey, published(log), log.note(300))
    other = Log("b", key=log.key, common=200)
    asked = ask_witness(served.url, vkey, published(other), other.note(300))
    assert isinstance(asked.problem, EvidenceError)
    assert "witness.example/w" in asked.problem.message
    assert asked.notes[0].encode() == other.note(300)
    assert asked.notes[1].encode().startswith(log.note(300))


def test_a_log_that_was_set_back_is_found_out(served: Running, log: Log, vkey: WitnessKey) -> None:
    ask_witness(served.url, vkey, published(log), log.note(300))
    asked = ask_witness(served.url, vkey, published(log), log.note(299))
    assert isinstance(asked.problem, EvidenceError)
    assert "ends at `299`" in asked.problem.message


def test_a_log_nobody_watches_is_told_so(served: Running, vkey: WitnessKey) -> None:
    stranger = Log(key=signer("stranger.example"))
    asked = ask_witness(served.url, vkey, published(stranger), stranger.note(1))
    assert isinstance(asked.problem, RefusedError)


def test_somebody_else_behind_the_address_is_not_believed(served: Running, log: Log) -> None:
    impostor = WitnessKey("witness.example/w", b"k" * 32)
    asked = ask_witness(served.url, impostor, published(log), log.note(1))
    assert isinstance(asked.problem, RefusedError)


def test_nobody_at_the_address_is_unavailable(log: Log, vkey: WitnessKey) -> None:
    asked = ask_witness("http://127.0.0.1:9", vkey, published(log), log.note(1))
    assert isinstance(asked.problem, UnavailableError)


class _Apology(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>back soon</html>\n")

    def log_message(self, *_: object) -> None:
        pass


def test_a_page_in_place_of_a_signature_is_no_evidence_against_the_log(log: Log, vkey: WitnessKey) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Apology) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        asked = ask_witness(f"http://127.0.0.1:{proxy.server_port}", vkey, published(log), log.note(1))
        proxy.shutdown()

    assert isinstance(asked.problem, UnavailableError)
    assert asked.notes == ()


def test_a_killed_witness_remembers(tmp_path: Path) -> None:
    witness = Witness.create(tmp_path / "w", "w", clock=lambda: datetime.now(UTC))
    witness.trust(signer().verifier)
    log = Log()
    first = start(tmp_path / "w")
    assert post(first, log.request(0, 5)).status_code == 200
    first.kill()
    with running(tmp_path / "w") as again:
        assert post(again, Log("b").request(0, 5)).content == b"5\n"
        assert post(again, Log("b").request(5, 5)).status_code == 409
        assert post(again, log.request(5, 6)).status_code == 200


def test_a_log_is_read_from_the_web(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_bytes(Log().note(2))

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given: object, **named: object) -> None:
            super().__init__(*given, directory=str(tmp_path), **named)  # type: ignore[arg-type, misc]

        def log_message(self, *given: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with open_published(f"http://127.0.0.1:{server.server_port}/") as found:
            assert found.checkpoint() == Log().note(2)
            with pytest.raises(EvidenceError, match="404"):
                found.read("tile/0/000")
        server.shutdown()
    with pytest.raises(UnavailableError), open_published("http://127.0.0.1:9") as gone:
        gone.checkpoint()

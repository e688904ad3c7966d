"""The working folder: where things lie, and the settings that `assent.toml` and `ASSENT_*` variables give.

A workspace is a folder with an `assent.toml`. Every key has a default, so an empty file is a valid one:

    pack = "professional-network-2025-11-safeguarded"
    zone = "UTC"

    [ledger]
    folder = "ledger"
    origin = "assent.example/log"
    database = "sqlite"       # or postgresql://user@host/database, for a new ledger

    [keys]
    folder = "keys"

    [snapshots]
    folder = "snapshots"
    shards = 16
    slices = 4

    [build]
    memory_mib = 2048
    threads = 2
    engine = "duckdb"         # or spark
    master = "local[*]"       # of Spark, where that is the engine

    [models]
    folder = "models"
    processes = 2             # that train shards side by side

    [read]
    max_staleness_seconds = 3600

    [sources.name]            # written by `assent source add`
    kind = "tables"
    path = "mapping.toml"

    [receipt]                 # what a pack does not say and a receipt states on the platform's behalf
    controller = "Example Ltd, 1 Example Street, Dublin"
    contact = "privacy@example.org"
    authority = "Data Protection Commission, Ireland"
    storage = "European Union"
    retention = "while the account exists"

    [recipients.name]         # who is given data, and how: `feeds.terms`
    purpose = "share_affiliates"

    [portal]                  # what `assent serve` shows and where members find it
    platform = "Example"
    address = "https://privacy.example.org"
    language = "en"           # of pages and mail where a browser or a member asks for none that there is
    balancing_test = "balancing.md"   # the published legitimate-interest assessment, Markdown
    cases_kept_months = 36    # after which what was written in a closed objection or claim goes

    [sign_in]                 # OpenID Connect; ASSENT_SIGN_IN_CLIENT_SECRET or a file gives the secret
    issuer = "https://login.example.org"
    client_id = "assent"
    client_secret_file = "keys/oidc-secret"
    member_claim = "sub"      # which claim is the member's id
    role_claim = "assent_role"        # privacy_officer, auditor or operator; absent for members
    hours = 8                 # that a session lasts

    [mail]                    # ASSENT_MAIL_PASSWORD or a file gives the password, if the server asks for one
    server = "smtp://localhost:25"
    sender = "privacy@example.org"
    user = "assent"
    password_file = "keys/mail-password"
    bounce_hours = 24         # how long a bounce is waited for before a delivery counts
    per_minute = 1200

    [api]
    max_upload_mib = 256      # the largest stream of events that is taken in one request

    [writing]                 # who writes drafts for members; without it a composer does, from their facts by grammar
    server = "http://127.0.0.1:8000/v1"   # speaks OpenAI's protocol; its key from ASSENT_WRITING_KEY
    model = "train_generative"            # the server's; without one a Hugging Face folder, or a model trained here,
                                          # by its id or by the purpose whose newest one writes
    seconds = 20              # that a server may take

    [hooks]                   # webhooks of changed settings; they go to public addresses and nowhere else, but for
    private_hosts = "hooks.internal 127.0.0.1"    # these

    [witnesses.name]          # who cosigns the ledger's checkpoints; `url` may be left out for one that is offline
    url = "https://witness.example.org"
    vkey = "example.org/witness+01234567+BAbC..."

`ASSENT_LEDGER_FOLDER=…` overrides `folder` under `[ledger]`, `ASSENT_PACK=…` overrides `pack`, and so on.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from assent.errors import InputError
from assent.feeds.terms import Recipient, parse_recipient
from assent.storage.place import EMBEDDED, Place

CONFIG_NAME = "assent.toml"
ASSESSMENTS: Final = Path("assessments/mapping.toml")
"""The source of the results of assessments that members keep; there is one once a taxonomy was imported."""
NOT_STATED: Final = "not stated"
"""What a text says that nobody gave."""
ENGINES: Final = ("duckdb", "spark")
IN_FORCE: Final = "in-force"
"""The file among the approved packs that names the one in force, in one line; replaced in one step."""

_DEFAULTS: Mapping[str, str | int] = {
    "pack": "professional-network-2025-11-safeguarded",
    "ledger.folder": "ledger",
    "ledger.origin": "assent.example/log",
    "ledger.database": EMBEDDED,
    "keys.folder": "keys",
    "snapshots.folder": "snapshots",
    "snapshots.shards": 16,
    "snapshots.slices": 4,
    "build.memory_mib": 2048,
    "build.threads": 2,
    "build.engine": "duckdb",
    "build.master": "local[*]",
    "models.folder": "models",
    "models.processes": 2,
    "read.max_staleness_seconds": 3600,
    "receipt.controller": NOT_STATED,
    "receipt.contact": NOT_STATED,
    "receipt.authority": "the supervisory authority where you live or work",
    "receipt.storage": NOT_STATED,
    "receipt.retention": NOT_STATED,
    "portal.platform": "the platform",
    "portal.address": "http://127.0.0.1:8080",
    "portal.language": "en",
    "portal.balancing_test": NOT_STATED,
    "portal.cases_kept_months": 36,
    "sign_in.issuer": NOT_STATED,
    "sign_in.client_id": "assent",
    "sign_in.client_secret_file": NOT_STATED,
    "sign_in.member_claim": "sub",
    "sign_in.role_claim": "assent_role",
    "sign_in.hours": 8,
    "mail.server": NOT_STATED,
    "mail.sender": NOT_STATED,
    "mail.user": NOT_STATED,
    "mail.password_file": NOT_STATED,
    "mail.bounce_hours": 24,
    "mail.per_minute": 1200,
    "api.max_upload_mib": 256,
    "hooks.private_hosts": NOT_STATED,
    "writing.server": NOT_STATED,
    "writing.model": NOT_STATED,
    "writing.seconds": 20,
}


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A source as the workspace names it; `path` is absolute."""

    name: str
    kind: str
    path: Path


@dataclass(frozen=True, slots=True)
class WitnessEntry:
    """A witness as the workspace names it; without a `url` it cannot be asked, only believed."""

    name: str
    vkey: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Workspace:
    """A working folder, read once; paths are absolute."""

    root: Path
    settings: Mapping[str, str | int]
    sources: Mapping[str, SourceEntry] = field(default_factory=dict)
    witnesses: Mapping[str, WitnessEntry] = field(default_factory=dict)
    recipients: Mapping[str, Recipient] = field(default_factory=dict)

    @property
    def config_path(self) -> Path:
        """The `assent.toml` itself."""
        return self.root / CONFIG_NAME

    @property
    def pack(self) -> str:
        """The rules in force: what was approved last (`IN_FORCE` names its file), else what `assent.toml` says.

        Looked up anew each time, so that a process that goes on running follows.
        """
        try:
            approved = (self.packs_folder / IN_FORCE).read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError):
            return self.text("pack")
        except (OSError, UnicodeDecodeError):
            raise InputError(f"`{self.packs_folder / IN_FORCE}` cannot be read") from None
        return str(self.packs_folder / approved)

    @property
    def packs_folder(self) -> Path:
        """Packs that were approved, a file each, and which of them is in force."""
        return self.root / "packs"

    @property
    def ledger_folder(self) -> Path:
        """Where the ledger lies."""
        return self.root / self.text("ledger.folder")

    @property
    def origin(self) -> str:
        """The name of the log, which never changes."""
        return self.text("ledger.origin")

    @property
    def ledger_database(self) -> str:
        """Where a new ledger's database is made: `sqlite`, or a PostgreSQL URL without a password."""
        return self.text("ledger.database")

    @property
    def keys_folder(self) -> Path:
        """Private keys, readable by their owner only."""
        return self.root / self.text("keys.folder")

    @property
    def snapshots_folder(self) -> Path:
        """Sealed snapshots, a folder each."""
        return self.root / self.text("snapshots.folder")

    @property
    def models_folder(self) -> Path:
        """Sealed models, a folder each, and the checkpoints and bases they are made of."""
        return self.root / self.text("models.folder")

    @property
    def elsewhere_folder(self) -> Path:
        """What was said of models trained elsewhere, and what was asked of their owners, a folder each."""
        return self.root / "elsewhere"

    @property
    def feeds_folder(self) -> Path:
        """What recipients are given, a folder each."""
        return self.root / "feeds"

    @property
    def staging_folder(self) -> Path:
        """Canonical Parquet that sources derived from formats DuckDB cannot read itself."""
        return self.root / "staging"

    @property
    def master(self) -> str | None:
        """Of the Spark that builds; None where DuckDB does.

        Raises:
            InputError: there is no such engine.
        """
        return master_of(self.text("build.engine"), self.text("build.master"))

    def text(self, key: str) -> str:
        """A setting as text."""
        return str(self.settings[key])

    def number(self, key: str) -> int:
        """A setting that is a whole number above zero."""
        return int(self.settings[key])


def master_of(engine: str, master: str) -> str | None:
    """The master where the engine is Spark, None where it is DuckDB.

    Raises:
        InputError: there is no such engine.
    """
    if engine not in ENGINES:
        raise InputError(f"there is no engine `{engine}`", hint=f"there are: {', '.join(ENGINES)}")
    return master if engine == "spark" else None


def open_workspace(folder: Path | None = None, *, environ: Mapping[str, str] = os.environ) -> Workspace:
    """The workspace in `folder`, or in the nearest folder above the current one that has an `assent.toml`.

    Raises:
        InputError: there is none, or its file has unknown keys, wrong types or no valid TOML.
    """
    root = _find_root(folder)
    path = root / CONFIG_NAME
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"`{path}` is no valid TOML: {error}") from None
    sources = _sources(root, document.pop("sources", {})) | _own_sources(root)
    witnesses = _witnesses(document.pop("witnesses", {}))
    recipients = _recipients(root, document.pop("recipients", {}))
    return Workspace(root, _settings(document, environ), sources, witnesses, recipients)


def workspace_here() -> Workspace | None:
    """The workspace around the current folder; None for a stranger, who has none.

    Raises:
        InputError: its file cannot be used.
    """
    root = _root_at(None)
    return None if root is None else open_workspace(root)


def _root_at(folder: Path | None) -> Path | None:
    start = (folder or Path.cwd()).resolve()
    candidates = [start] if folder else [start, *start.parents]
    return next((each for each in candidates if (each / CONFIG_NAME).is_file()), None)


def _find_root(folder: Path | None) -> Path:
    root = _root_at(folder)
    if root is not None:
        return root
    start = (folder or Path.cwd()).resolve()
    raise InputError(f"no {CONFIG_NAME} in `{start}`", hint="run `assent init` to make a working folder")


def _settings(document: Mapping[str, Any], environ: Mapping[str, str]) -> Mapping[str, str | int]:
    given: dict[str, Any] = {}
    for key, value in document.items():
        if isinstance(value, dict):
            given |= {f"{key}.{name}": inner for name, inner in value.items()}
        else:
            given[key] = value
    for key in _DEFAULTS:
        variable = "ASSENT_" + key.replace(".", "_").upper()
        if variable in environ:
            given[key] = environ[variable]
    unknown = sorted(set(given) - set(_DEFAULTS))
    if unknown:
        raise InputError(f"{CONFIG_NAME}: unknown key `{unknown[0]}`", hint=f"known: {', '.join(_DEFAULTS)}")
    settings = {key: _typed(key, given.get(key, default)) for key, default in _DEFAULTS.items()}
    if settings["ledger.database"] != EMBEDDED:
        _require_usable(str(settings["ledger.database"]))
    return settings


def _require_usable(url: str) -> None:
    try:
        Place.parse(Path(), url)
    except InputError as error:
        raise InputError(f"{CONFIG_NAME}: `ledger.database`: {error.message}", hint=error.hint) from None


def _typed(key: str, value: object) -> str | int:
    if isinstance(_DEFAULTS[key], str):
        if isinstance(value, str) and value:
            return value
        raise InputError(f"{CONFIG_NAME}: `{key}` must be a text, not `{value}`")
    try:
        number = int(str(value))
    except ValueError:
        number = 0
    if number < 1 or isinstance(value, bool):
        raise InputError(f"{CONFIG_NAME}: `{key}` must be a whole number above zero, not `{value}`")
    return number


def _recipients(root: Path, entries: object) -> dict[str, Recipient]:
    if not isinstance(entries, dict):
        raise InputError(f"{CONFIG_NAME}: `recipients` must be tables like [recipients.name]")
    return {name: parse_recipient(root, name, entry) for name, entry in entries.items()}


def _sources(root: Path, entries: object) -> dict[str, SourceEntry]:
    if not isinstance(entries, dict):
        raise InputError(f"{CONFIG_NAME}: `sources` must be tables like [sources.name]")
    found: dict[str, SourceEntry] = {}
    for name, entry in entries.items():
        kind, path = (entry.get("kind"), entry.get("path")) if isinstance(entry, dict) else (None, None)
        if not isinstance(kind, str) or not isinstance(path, str):
            raise InputError(f"{CONFIG_NAME}: source `{name}` needs `kind` and `path`")
        found[name] = SourceEntry(name, kind, (root / path).resolve())
    return found


def _own_sources(root: Path) -> dict[str, SourceEntry]:
    """What members made here: the results of assessments that they keep."""
    path = root / ASSESSMENTS
    return {"assessments": SourceEntry("assessments", "tables", path)} if path.is_file() else {}


def _witnesses(entries: object) -> dict[str, WitnessEntry]:
    if not isinstance(entries, dict):
        raise InputError(f"{CONFIG_NAME}: `witnesses` must be tables like [witnesses.name]")
    found: dict[str, WitnessEntry] = {}
    for name, entry in entries.items():
        vkey, url = (entry.get("vkey"), entry.get("url")) if isinstance(entry, dict) else (None, None)
        if not isinstance(vkey, str) or not isinstance(url, str | None) or set(entry) - {"vkey", "url"}:
            raise InputError(f"{CONFIG_NAME}: witness `{name}` needs `vkey`, may have `url`, and nothing else")
        found[name] = WitnessEntry(name, vkey, url)
    return found

"""Make a working folder."""

from __future__ import annotations

from pathlib import Path

from assent.errors import InputError
from assent.operations.workspace import CONFIG_NAME, Workspace, open_workspace
from assent.policy.load import load_pack

_CONFIG = """\
# Assent: where things lie and which rules hold. Every key has a default; `assent config` shows them all.
pack = "{pack}"

[ledger]
origin = "{origin}"
"""


def make_workspace(folder: Path, *, pack: str, origin: str) -> Workspace:
    """A folder with an `assent.toml` in it; the pack is known to load.

    Raises:
        InputError: there is one already, or the pack cannot be used.
    """
    load_pack(pack)
    config = folder / CONFIG_NAME
    if config.exists():
        raise InputError(f"`{config}` is there already", hint="go on with `assent ledger init`")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with config.open("x", encoding="utf-8") as file:
            file.write(_CONFIG.format(pack=pack, origin=origin))
    except OSError as error:
        raise InputError(f"cannot write `{config}`: {(error.strerror or '').lower()}") from None
    return open_workspace(folder)

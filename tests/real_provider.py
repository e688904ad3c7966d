"""A real OpenID provider that the tests start: `oidc-provider` for Node, certified by the OpenID Foundation."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = Path(os.environ.get("ASSENT_TEST_OIDC", ROOT / ".venv" / "oidc"))
NOT_FOUND = "Node 20 or newer, or oidc-provider, not found; `make system` installs them"
SECRET = "a secret of the tests: /+&=?"


@dataclass(frozen=True)
class RealProvider:
    """Where it is, and how somebody signs in there without a browser."""

    issuer: str
    callback: str

    def sign_in(self, address: str, name: str) -> str:
        """The address that the provider sends the browser back to, after somebody signed in and agreed."""
        with httpx.Client(follow_redirects=False) as browser:
            answer = browser.get(address)
            while True:
                while answer.is_redirect:
                    target = urljoin(str(answer.url), answer.headers["location"])
                    if target.startswith(self.callback):
                        return target
                    answer = browser.get(target)
                action = re.search(r'action="([^"]+)"', answer.text)
                prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
                assert action and prompt, answer.text
                fields = {"prompt": prompt[1]}
                if prompt[1] == "login":
                    fields |= {"login": name, "password": "any"}
                answer = browser.post(urljoin(str(answer.url), action[1]), data=fields)


def is_there() -> bool:
    if shutil.which("node") is None or not (LIBRARY / "node_modules" / "oidc-provider").is_dir():
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    return int(said.strip().lstrip("v").partition(".")[0] or 0) >= 20


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@contextmanager
def provider_for(address: str) -> Iterator[RealProvider]:
    """A provider that knows the application at that address, in a process of its own."""
    port = free_port()
    callback = f"{address}/sign-in/callback"
    script = Path(__file__).parent / "serving" / "provider.mjs"
    command = ["node", str(script), str(LIBRARY), str(port), callback, f"{address}/signed-out"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", "the provider did not start"
            yield RealProvider(f"http://127.0.0.1:{port}", callback)
        finally:
            process.kill()

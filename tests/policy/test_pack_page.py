"""The example on `docs/spec/pack.md` loads, and uses every key there is."""

import re
import tomllib
from pathlib import Path

from assent.policy.load import pack_from_document
from assent.policy.messages import _KEYS
from assent.policy.review import review

PAGE = Path(__file__).resolve().parents[2] / "docs" / "spec" / "pack.md"


def example():
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return tomllib.loads(block)


def test_it_loads_and_nothing_in_it_is_dead():
    document = example()
    assert review(pack_from_document(document), document) == ()


def test_every_key_is_on_the_page():
    page = PAGE.read_text(encoding="utf-8")
    assert [key for key in _KEYS if not re.search(rf"\b{key}\b", page)] == []


def test_the_packages_own_example_runs():
    import doctest

    import assent.policy

    assert doctest.testmod(assent.policy).failed == 0

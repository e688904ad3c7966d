import json

import pytest
from test_model_audit_page import audit, part

from assent.audit.model.estimates import NotGiven
from assent.audit.model.reading import read_model_audit
from assent.audit.model.report import Kind, TargetAudit
from assent.errors import EvidenceError


@pytest.mark.parametrize(
    "made", [audit(), audit(part(remembers=False), TargetAudit("merge", Kind.MERGE, one_run=NotGiven("few")))]
)
def test_a_stored_audit_is_the_same_again(made):
    assert read_model_audit(json.loads(json.dumps(made.to_json()))) == made


@pytest.mark.parametrize("missing", ["model", "targets", "at", "seed"])
def test_an_audit_without_a_field_is_damaged(missing):
    stored = audit().to_json()
    del stored[missing]
    with pytest.raises(EvidenceError, match="stored audit is damaged"):
        read_model_audit(stored)


@pytest.mark.parametrize(("field", "value"), [("at", "yesterday"), ("targets", [1]), ("model", 7)])
def test_an_audit_with_something_else_in_a_field_is_damaged(field, value):
    with pytest.raises(EvidenceError, match="stored audit is damaged"):
        read_model_audit({**audit().to_json(), field: value})


def test_another_format_is_refused():
    with pytest.raises(EvidenceError, match="`v0` is no format"):
        read_model_audit({**audit().to_json(), "format": "v0"})

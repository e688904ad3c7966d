"""Facts of a small platform, for bundles in tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from assent.audit.bundle.inputs import (
    AuditFacts,
    BundleInputs,
    CategoryFacts,
    CheckFacts,
    ModelFacts,
    NoticeFacts,
    ObjectionFacts,
    PurposeFacts,
    SnapshotFacts,
    TakeBackFacts,
)
from assent.audit.model.estimates import Estimate, NotGiven, share
from assent.audit.model.extraction import Leaks
from assent.audit.model.membership import Attack, AttackResult
from assent.audit.model.report import Kind, ModelAudit, Skipped, TargetAudit, Test
from assent.audit.model.roc import Found

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def audit(auc: float = 0.83) -> ModelAudit:
    found = (Found(0.01, NotGiven("40 texts of others are too few")),)
    membership = AttackResult(
        Attack.LOSS,
        Estimate(auc, auc - 0.07, auc + 0.07, 80, "DeLong"),
        0.001,
        found,
        (40, 40),
        ((0.0, 0.0), (0.1, 0.6), (1.0, 1.0)),
    )
    part = TargetAudit(
        "adapter 0",
        Kind.ADAPTER,
        (membership,),
        extraction=Leaks(share(2, 40), 40, 2, (("passage", 40, 2),)),
        not_run=(Skipped(Test.ONE_RUN, "no coin decided what is planted"),),
    )
    return ModelAudit("model-7", "ab" * 32, AT, "40 people", "seed", (part,))


def facts(**changes) -> BundleInputs:
    training = PurposeFacts(
        "train_llm", "Training of language models", "generative_training", "legitimate_interest",
        (("EU", datetime(2025, 11, 3, tzinfo=UTC)), ("US", None)), (CategoryFacts("post", ("public",), "mask_others"),),
        "Data for AI", (("EU", "on"),), "weighed", "take_back", 18, 30.0, None, ("e-mail", "phone"),
    )  # fmt: skip
    asked = PurposeFacts("train_voice", "Voices", "training", "consent", (), ())
    made = BundleInputs(
        "Example Network", "Example Network Ltd", AT, "example", "Example rules", "cd" * 32, 12_345, "example.org/log\n12345\n",
        (training, asked),
        (NoticeFacts("We train on posts", "train_llm", 1000, (("in the app", 640), ("by mail", 300))),),
        (ObjectionFacts("train_llm", (("received", 3), ("upheld", 2)), 1, 6.5, 21.0, 77),),
        (SnapshotFacts("snap-1", "train_llm", AT, 5000, 3210, (("setting_off", 1200), ("too_young", 800))),),
        (ModelFacts("model-7", "train_llm", "snap-1", AT, "tiny"), ModelFacts("big-1", "train_llm", "snap-1", AT, "external", None, True, datetime(2026, 1, 1, tzinfo=UTC))),
        TakeBackFacts(2, 1, 41.0, 41.0, ("cert-1",)),
        (CheckFacts("snap-1", "rows", True, "3,210 rows"), CheckFacts("ledger", "witnesses", None, "no witness is set up")),
        (AuditFacts(audit(0.55), audit()),),
        {}, {"manifests/snap-1.json": b"{}\n"},
    )  # fmt: skip
    return replace(made, **changes)

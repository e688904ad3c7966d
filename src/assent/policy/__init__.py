"""What the rules are: packs as data, one evaluator that is the specification, and one that is fast.

    TOML ─ load (lines, messages, schema, resolve) ─► Pack ─► evaluate.judge     the specification
                                                       │ ├──► online             the same, generated, for one record
                                                       │ └──► cells              the cases on which all must agree
                                                       ├────► review             rules that can never matter
                                                       └────► sentences          what it means for a member

>>> from datetime import UTC, date, datetime
>>> from assent.policy.load import load_pack
>>> from assent.policy.online import compile_online
>>> from assent.vocabulary.records import Record
>>> from assent.vocabulary.state import MemberState
>>> online = compile_online(load_pack("professional-network-2025-11"), "train_generative")
>>> member = MemberState(region="DE", birth_date=date(1990, 5, 1), settings={"generative_ai_improvement": "off"})
>>> post = Record("r1", "post", "m1", visibility="public")
>>> verdict = online.verdict(member, post, datetime(2025, 12, 1, tzinfo=UTC), ledger_size=0)
>>> verdict.allowed, [reason.label for reason in verdict.reasons]
(False, ['setting_off'])
"""

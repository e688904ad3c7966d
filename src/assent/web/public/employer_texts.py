"""Texts for employers to copy: a passage for a social-media policy and a mail to staff, plain text, from the rules."""

from __future__ import annotations

from collections.abc import Iterable

from assent.operations.employers import Advice, Use
from assent.policy.pack import Pack, Purpose
from assent.web.public.words import PublicWords


def policy_text(words: PublicWords, pack: Pack, advice: Advice) -> str:
    """A passage for a social-media policy."""
    lang, name = words.lang, words.platform
    return _paragraphs(
        lang("Accounts on %(platform)s and artificial intelligence", platform=name),
        lang("%(platform)s uses what its members write for the following:", platform=name),
        *_uses(words, advice),
        lang("Whether their own account takes part is for each person alone to decide. We do not ask, and nobody has "
             "an advantage or a disadvantage from it."),
        lang("Do not put into posts, comments or your profile what is confidential here: what is public there may be "
             "used, and what was used cannot always be taken back."),
        lang("Whoever writes for us from an account of the company decides with whoever is responsible for that "
             "account, and keeps the receipt."),
        lang("How each person switches it off:"),
        *_steps(words, pack, advice),
    )  # fmt: skip


def mail_text(words: PublicWords, pack: Pack, advice: Advice, *, address: str) -> str:
    """A mail to staff."""
    lang, name = words.lang, words.platform
    return _paragraphs(
        lang("Subject: what %(platform)s does with your data, and how to say no", platform=name),
        lang("Hello,"),
        lang("many of us have an account on %(platform)s. What it does with the data of its members in %(region)s:",
             platform=name, region=words.region(advice.region)),
        *_uses(words, advice),
        lang("This is your own account, and your own decision. We do not see what you choose."),
        lang("How to switch it off, in a few minutes:"),
        *_steps(words, pack, advice),
        lang("You get a receipt of each choice. Keep it."),
        lang("More: %(address)s", address=f"{address}/transparency"),
    )  # fmt: skip


def use_line(words: PublicWords, use: Use) -> str:
    """A use, since when, and what is the case until somebody chooses."""
    lang, title = words.lang, words.named(use.purpose.title)
    since = words.since(use.since)
    if use.setting is None:
        return lang("%(use)s, %(since)s. There is no switch for it; one can object.", use=title, since=since)
    if use.default == "on":
        return lang("%(use)s, %(since)s. It is on until somebody turns it off.", use=title, since=since)
    return lang("%(use)s, %(since)s. It is off until somebody turns it on.", use=title, since=since)


def steps(words: PublicWords, pack: Pack, advice: Advice) -> list[str]:
    """What a person does to leave, step by step."""
    lang = words.lang
    told = []
    for setting in advice.settings:
        along = [each for each in setting.off_with if each in {one.name for one in advice.settings}]
        if along:
            others = lang.listed((f"“{words.named(pack.settings[each].title)}”" for each in along), either=True)
            told.append(lang("%(way)s: off. It is off already where %(others)s is off.",
                             way=words.way_of(setting), others=others))  # fmt: skip
        else:
            told.append(lang("%(way)s: off.", way=words.way_of(setting)))
    for way, purposes in advice.forms:
        told.append(lang("%(way)s: object to “%(use)s”.", way=words.way(way), use=_titles(words, purposes)))
    return told


def _uses(words: PublicWords, advice: Advice) -> list[str]:
    lines = [f"- {use_line(words, each)}" for each in advice.uses]
    return ["\n".join(lines)] if lines else [words.lang("Nothing, in this region.")]


def _steps(words: PublicWords, pack: Pack, advice: Advice) -> list[str]:
    lines = [f"{number}. {each}" for number, each in enumerate(steps(words, pack, advice), 1)]
    return ["\n".join(lines)] if lines else [words.lang("Nothing needs to be done in this region.")]


def _titles(words: PublicWords, purposes: Iterable[Purpose]) -> str:
    return words.lang.listed(words.named(each.title) for each in purposes)


def _paragraphs(*told: str) -> str:
    return "\n\n".join(told) + "\n"

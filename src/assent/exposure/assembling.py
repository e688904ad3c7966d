"""From an inventory, a person and a pack to the report: every figure in it is weighed here, none is written down.

Three moments matter. `at`: what was asked. `shown`: the last start that was announced for the person's
country, if it is still to come; the tables show what holds from then on. `settled`: after it, birthdays
included, nothing changes any more by itself; the steps are computed for it.
"""

from __future__ import annotations

from assent.exposure import unknowns
from assent.exposure.asked import Asked
from assent.exposure.columns import PLATFORM
from assent.exposure.judging import Judge
from assent.exposure.leaving import besides_of, past_of, readings_of, remaining_of
from assent.exposure.listing import advertising_of, categories_of, tables_of, two_sided_of
from assent.exposure.moments import moments_of, timed
from assent.exposure.report import (
    FORMAT,
    Report,
)
from assent.exposure.steps import advise
from assent.exposure.uses import age_of, choices_of, headline_of, kinds_of, purposes_of
from assent.exposure.weighing import weigh

DISCLAIMER = (
    "This is not legal advice. It says what the announced rules mean for the records in your export; "
    "whether the rules are kept cannot be seen from there."
)


def assemble(asked: Asked) -> Report:
    """The whole report."""
    judge = Judge(asked.pack, asked.person)
    advised = Judge(asked.recommended, asked.person) if asked.recommended else None
    when = timed(asked.pack, asked.person, asked.at)
    inventory = asked.inventory
    then = weigh(inventory, judge, when.shown)
    then_advised = weigh(inventory, advised, when.shown) if advised else None
    advice = advise(inventory, judge, when.settled, platform=PLATFORM)
    kinds = tuple(kinds_of(asked, judge, advised, when))
    purposes = tuple(purposes_of(asked, then))
    return Report(
        format=FORMAT,
        platform=PLATFORM,
        pack=asked.pack.name,
        pack_title=asked.pack.title,
        pack_digest=asked.pack.digest,
        recommended_pack=asked.recommended.name if asked.recommended else None,
        at=asked.at.date(),
        shown_at=when.shown.date(),
        settled_at=when.settled.date(),
        region=asked.person.region,
        country=asked.country,
        birth_date=asked.person.birth_date,
        age=age_of(asked.person.birth_date, asked.at.date()),
        joined_on=inventory.joined_at.date() if inventory.joined_at else None,
        choices=tuple(choices_of(asked)),
        records=inventory.records,
        rows=sum(read.rows for read in inventory.files.values()),
        headline=tuple(headline_of(asked, judge, kinds, when)),
        kinds=kinds,
        timeline=moments_of(asked.pack, asked.person, asked.at, inventory, judge),
        categories=tuple(categories_of(asked, then, then_advised)),
        purposes=purposes,
        under_age=tuple(unknowns.under_age(inventory, judge, advised, asked.at)),
        past=tuple(past_of(asked, judge, purposes)),
        steps=advice.steps,
        besides=tuple(besides_of(asked, advice, when)),
        remaining=tuple(remaining_of(asked, advice)),
        advertising=advertising_of(asked, then),
        two_sided=tuple(two_sided_of(asked, judge, advised, when)),
        readings=tuple(readings_of(asked, judge, when)),
        not_known=tuple(unknowns.not_known(asked.pack, asked.person, then)),
        tables=tuple(tables_of(inventory)),
        unknown_files=tuple(inventory.unknown_files),
        problems=tuple((problem.where, problem.what, problem.count) for problem in inventory.problems),
        sources=asked.sources,
        disclaimer=DISCLAIMER,
    )

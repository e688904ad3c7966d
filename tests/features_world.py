"""A platform on which people can be found and jobs are offered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portal_world import Portal, make_portal
from small_world import joined, post

MEMBERS = ("mira", "tom", "eve")
EVENTS: list[dict[str, Any]] = [each for name in MEMBERS for each in joined(name, region="IE")]
RECORDS = [
    *(post(f"{name}-name", name, name.title(), category="profile.name") for name in MEMBERS),
    post("mira-job", "mira", "Welder", category="profile.position"),
    post("mira-skill", "mira", "Arc welding, drawings", category="profile.skill"),
    post("mira-post", "mira", "Today I repaired the crane with arc welding"),
    post("tom-job", "tom", "Welder at the shipyard", category="profile.position"),
    post("tom-skill", "tom", "Arc welding", category="profile.skill", visibility="connections"),
    post("eve-job", "eve", "Baker", category="profile.position"),
    post("job-1", "tom", "Welder\nWe need arc welding and drawings <b>", category="job.posting"),
    post("job-2", "eve", "Baker\nBread at night", category="job.posting"),
]


def make_features_portal(root: Path) -> Portal:
    """A portal over it, with what features read built."""
    portal = make_portal(root, EVENTS, RECORDS)
    portal.world.build("search_candidates")
    portal.world.build("recommend_jobs")
    return portal

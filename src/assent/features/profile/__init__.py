"""What a member could say better about themselves, each suggestion with its reason and the records it rests on.

    records         a member's permitted records, as the caller hands them over
    spans           from when to when, as people write it
    reading         positions, education and skills in these records, linked to the taxonomy
    suggestions     what is missing, stale, twice there or not understood
    topics          what a suggestion is about, and what it consists of
    skills          skills of an occupation that the profile does not list

Nothing is claimed for anybody: whether a skill is there is asked.
"""

from assent.features.profile.records import Entry, Profile
from assent.features.profile.suggestions import suggest
from assent.features.profile.topics import Suggestion, Topic

__all__ = ["Entry", "Profile", "Suggestion", "Topic", "suggest"]

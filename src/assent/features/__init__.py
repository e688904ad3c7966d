"""What the trained AI is for: help with writing, better profiles, matching, learning.

    taxonomy    occupations and skills under one name each, whoever wrote them how
    matching    jobs for members, candidates for jobs, search; why each was found; re-ranking
    profile     what a profile lacks for an occupation, and why that is said
    learning    from where somebody is to an occupation they want; short assessments
    writing     drafts in the member's own voice, every claim traced to a record of theirs

A feature is given records that may be used for its own purpose, judged at the moment they were read, and keeps
nothing of them that a member cannot take out again. None decides anything about a person by itself.
"""

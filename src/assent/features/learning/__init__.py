"""From where somebody is to an occupation they want, and short assessments on the way.

    goals           the occupations that people mean, and those closest to what they have
    paths           the missing skills of an occupation, each after what it needs
    wording         how alike two wordings are, and a description without its own name
    distractors     wrong answers that are near, and wrong for sure
    items           questions with four options, from descriptions and tasks; rejected by rules
    scoring         an ability with its uncertainty, and whether guessing explains the score
    assessments     a short assessment from its seed, and its result as the member's own record

Everything is computed from a taxonomy and what the caller gives: no record is read and nothing is kept.
"""

from assent.features.learning.paths import LearningPath, Step, path_to

__all__ = ["LearningPath", "Step", "path_to"]

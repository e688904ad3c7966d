"""Names of people, places, organisations and groups that nobody told of, by what they look like and stand among.

`reading`   words become numbers of features · `decoding` the best labels of many sentences at once
`weights`   the learned file and its layout · `finding` hits from texts · `training` how the file is made

    >>> import pyarrow as pa
    >>> find(pa.array(["My name is Astrid Lindqvist."]))["rule"].to_pylist()
    ['tagger.person']
"""

from __future__ import annotations

from assent.curation.redact.tagger.finding import find

__all__ = ["find"]

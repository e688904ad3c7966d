"""Text to tokens and back: byte-level pairs, learned from public text only.

A tokenizer learned from members' texts would keep them after a take-back: their words would be its tokens. So it
is learned with the base, from the same public text. Every byte is a token of its own, so every text can be told;
marks such as `<|eos|>` that stand in a text are plain characters and end nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tokenizers import AddedToken, decoders, models, pre_tokenizers, trainers
from tokenizers import Tokenizer as Pieces

from assent.errors import InputError
from assent.storage.files import write_durably

BOS, EOS, PAD = "<|bos|>", "<|eos|>", "<|pad|>"
TOKENIZER, TOKENIZER_CONFIG = "tokenizer.json", "tokenizer_config.json"
_BYTES: Final = 256
_MARKS: Final = (BOS, EOS, PAD)


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """Tells texts as token ids.

    Args:
        begin, end, pad: the ids that begin and end a text and fill a batch; a base without one of its own for
            `begin` or `pad` uses that for `end`.
    """

    pieces: Pieces
    begin: int
    end: int
    pad: int

    @property
    def vocab_size(self) -> int:
        """How many tokens there are."""
        return int(self.pieces.get_vocab_size())

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, without marks around them."""
        # The faster call leaves out where in the text each token stands.
        return [each.ids for each in self.pieces.encode_batch_fast(list(texts), add_special_tokens=False)]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of the ids, marks left out."""
        return str(self.pieces.decode(list(ids), skip_special_tokens=True))


def train_tokenizer(texts: Iterable[str], vocab_size: int) -> Tokenizer:
    """A tokenizer of those texts; same texts, same bytes.

    Args:
        vocab_size: at most that many tokens; few texts yield fewer.

    Raises:
        InputError: too few tokens to tell every byte.
    """
    if vocab_size < _BYTES + len(_MARKS):
        raise InputError(f"`{vocab_size}` tokens cannot tell every byte", hint=f"at least {_BYTES + len(_MARKS)} can")
    pieces = Pieces(models.BPE(byte_fallback=False))
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        min_frequency=2,
        show_progress=False,
        special_tokens=[AddedToken(mark, special=True, normalized=False) for mark in _MARKS],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
    )
    pieces.train_from_iterator(texts, trainer)
    return _marked(pieces, BOS, EOS, PAD)


def save_tokenizer(tokenizer: Tokenizer, folder: Path, *, context: int) -> None:
    """The folder holds the tokenizer as transformers' AutoTokenizer reads it.

    Raises:
        InputError: the folder may not be written to.
        UnavailableError: the disk is full.
    """
    begin, end, pad = (tokenizer.pieces.id_to_token(each) for each in (tokenizer.begin, tokenizer.end, tokenizer.pad))
    config = {
        "bos_token": begin,
        "clean_up_tokenization_spaces": False,
        "eos_token": end,
        "model_max_length": context,
        "pad_token": pad,
        "tokenizer_class": "PreTrainedTokenizerFast",
    }
    write_durably(folder / TOKENIZER, tokenizer.pieces.to_str(pretty=False).encode())
    write_durably(folder / TOKENIZER_CONFIG, (json.dumps(config, indent=2, sort_keys=True) + "\n").encode())


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer in the folder.

    Raises:
        InputError: there is none, it cannot be read, or it does not say what ends a text.
    """
    try:
        data = (folder / TOKENIZER).read_bytes()
    except OSError:
        raise InputError(
            f"there is no tokenizer in `{folder}`",
            hint=f"a base has a `{TOKENIZER}`; transformers' `save_pretrained` writes one",
        ) from None
    try:
        pieces = Pieces.from_buffer(data)
    except Exception as error:  # noqa: BLE001 - the library raises nothing more exact
        raise InputError(f"`{folder / TOKENIZER}` is no tokenizer: {str(error).splitlines()[0]}") from None
    config = _config(folder / TOKENIZER_CONFIG)
    return _marked(pieces, *(_mark(config, name) for name in ("bos_token", "eos_token", "pad_token")))


def _marked(pieces: Pieces, begin: str | None, end: str | None, pad: str | None) -> Tokenizer:
    """The tokenizer, marks in a text told as plain characters."""
    last = None if end is None else pieces.token_to_id(end)
    if last is None:
        raise InputError("the tokenizer does not say what ends a text", hint=f"`{TOKENIZER_CONFIG}` names `eos_token`")
    found = [None if mark is None else pieces.token_to_id(mark) for mark in (begin, pad)]
    first, fill = (last if each is None else each for each in found)
    pieces.encode_special_tokens = True
    pieces.no_truncation()
    pieces.no_padding()
    return Tokenizer(pieces, first, last, fill)


def _config(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except OSError:
        raise InputError(f"`{path}` is missing", hint="it names the tokens that begin and end a text") from None
    except ValueError:
        raise InputError(f"`{path}` is not JSON") from None
    if not isinstance(document, dict):
        raise InputError(f"`{path}` is not a configuration")
    return document


def _mark(config: dict[str, Any], name: str) -> str | None:
    mark = config.get(name)
    return mark.get("content") if isinstance(mark, dict) else mark

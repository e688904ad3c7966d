"""A small decoder in the Llama layout, readable in one sitting.

    decoder = Decoder(DecoderConfig.tiny(), seed=0)
    loss = decoder(ids, targets)                      # ids: (B, T); a number to call .backward() on
    decoder.generate(ids[:1, :8], 20)                 # greedy; give a torch.Generator to sample
    save_folder(decoder, Path("base"))                # of `folders`: transformers loads it, with the same logits

Root-mean-square norm before each half of a layer, rotary positions, grouped-query attention, SwiGLU. Parameters
bear the very names of transformers' LlamaForCausalLM, so that adapters and files made for the one fit the other.

In the comments B is the batch, T positions, D width, H heads, K heads of keys and values, E width of a head,
V vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody knows it by
from torch import Tensor, nn

from assent.errors import InputError
from assent.training.head_loss import IGNORED, head_loss


@dataclass(frozen=True, slots=True)
class DecoderConfig:
    """The shape of a decoder.

    Raises:
        InputError: the widths do not divide.
    """

    vocab_size: int
    width: int
    layers: int
    heads: int
    kv_heads: int
    inner_width: int
    context: int = 512
    rope_theta: float = 10_000.0
    norm_eps: float = 1e-5
    tied: bool = True
    bos: int | None = None
    eos: int | None = None
    pad: int | None = None

    def __post_init__(self) -> None:
        counts = (self.vocab_size, self.width, self.layers, self.heads, self.kv_heads, self.inner_width, self.context)
        if min(counts) < 1:
            raise InputError("a decoder has at least one of everything", hint="look at the sizes that were given")
        if self.width % self.heads or self.heads % self.kv_heads or (self.width // self.heads) % 2:
            raise InputError(
                f"a width of `{self.width}` does not fit `{self.heads}` heads over `{self.kv_heads}`",
                hint="heads divide the width into even parts, heads of keys and values divide the heads",
            )

    @property
    def head_width(self) -> int:
        """The width of one head."""
        return self.width // self.heads

    @classmethod
    def tiny(cls, vocab_size: int = 2048) -> Self:
        """About 0.85 million parameters: learned in a minute on one core."""
        return cls(vocab_size, width=128, layers=4, heads=4, kv_heads=2, inner_width=256)

    @classmethod
    def small(cls, vocab_size: int = 4096) -> Self:
        """About 5 million parameters."""
        return cls(vocab_size, width=256, layers=6, heads=8, kv_heads=4, inner_width=640)


class View(NamedTuple):
    """What each position of a batch may look at, and where it stands."""

    cos: Tensor  # (1 or B, 1, T, E)
    sin: Tensor  # (1 or B, 1, T, E)
    mask: Tensor | None  # (B, 1, T, T or more), true where looked at; None is plain causal


class KeyValues:
    """Keys and values of the positions so far, of every layer."""

    def __init__(self, config: DecoderConfig, batch: int, positions: int, like: Tensor) -> None:
        shape = (config.layers, batch, config.kv_heads, positions, config.head_width)
        self.keys, self.values = like.new_zeros(shape), like.new_zeros(shape)  # (L, B, K, T, E)
        self.length = 0

    def extended(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """All keys and values of the layer, these at the end."""
        end = self.length + keys.shape[2]
        self.keys[layer, :, :, self.length : end] = keys
        self.values[layer, :, :, self.length : end] = values
        return self.keys[layer, :, :, :end], self.values[layer, :, :, :end]


class Norm(nn.Module):  # type: ignore[misc]
    """Divides by the root mean square."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(config.width))
        self.eps = config.norm_eps

    def forward(self, x: Tensor) -> Tensor:
        """Shape: (B, T, D) to the same."""
        return F.rms_norm(x, self.weight.shape, self.weight, self.eps)


def rotated(x: Tensor, view: View) -> Tensor:
    """The heads turned by their positions: each number of the first half with its like in the second."""
    first, second = x.chunk(2, dim=-1)
    return x * view.cos + torch.cat((-second, first), dim=-1) * view.sin


class Attention(nn.Module):  # type: ignore[misc]
    """Grouped-query attention: several heads share keys and values."""

    def __init__(self, config: DecoderConfig, layer: int) -> None:
        super().__init__()
        self.layer, self.head_width = layer, config.head_width
        self.group = config.heads // config.kv_heads
        self.q_proj = nn.Linear(config.width, config.heads * config.head_width, bias=False)
        self.k_proj = nn.Linear(config.width, config.kv_heads * config.head_width, bias=False)
        self.v_proj = nn.Linear(config.width, config.kv_heads * config.head_width, bias=False)
        self.o_proj = nn.Linear(config.heads * config.head_width, config.width, bias=False)

    def forward(self, x: Tensor, view: View, cache: KeyValues | None) -> Tensor:
        """Shape: (B, T, D) to the same."""
        batch, positions, _ = x.shape
        heads = (batch, positions, -1, self.head_width)
        queries = rotated(self.q_proj(x).view(heads).transpose(1, 2), view)  # (B, H, T, E)
        keys = rotated(self.k_proj(x).view(heads).transpose(1, 2), view)  # (B, K, T, E)
        values = self.v_proj(x).view(heads).transpose(1, 2)  # (B, K, T, E)
        if cache is not None:
            keys, values = cache.extended(self.layer, keys, values)
        mixed = F.scaled_dot_product_attention(
            queries,
            keys,
            values,
            attn_mask=view.mask,
            is_causal=view.mask is None and positions > 1,
            enable_gqa=self.group > 1,
        )  # (B, H, T, E)
        return self.o_proj(mixed.transpose(1, 2).reshape(batch, positions, -1))


class Mlp(nn.Module):  # type: ignore[misc]
    """SwiGLU: one projection opens and shuts the other."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.width, config.inner_width, bias=False)
        self.up_proj = nn.Linear(config.width, config.inner_width, bias=False)
        self.down_proj = nn.Linear(config.inner_width, config.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Shape: (B, T, D) to the same."""
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):  # type: ignore[misc]
    """Attention, then the inner network, each beside a plain way past it."""

    def __init__(self, config: DecoderConfig, layer: int) -> None:
        super().__init__()
        self.self_attn = Attention(config, layer)
        self.mlp = Mlp(config)
        self.input_layernorm = Norm(config)
        self.post_attention_layernorm = Norm(config)

    def forward(self, x: Tensor, view: View, cache: KeyValues | None) -> Tensor:
        """Shape: (B, T, D) to the same."""
        x = x + self.self_attn(self.input_layernorm(x), view, cache)
        return x + self.mlp(self.post_attention_layernorm(x))


class Trunk(nn.Module):  # type: ignore[misc]
    """From ids to the hidden states of the last layer."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.width)
        self.layers = nn.ModuleList(Layer(config, layer) for layer in range(config.layers))
        self.norm = Norm(config)

    def forward(self, ids: Tensor, view: View, cache: KeyValues | None) -> Tensor:
        """Shape: (B, T) to (B, T, D)."""
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x, view, cache)
        return self.norm(x)


class Decoder(nn.Module):  # type: ignore[misc]
    """A language model: which token comes next."""

    def __init__(self, config: DecoderConfig, *, seed: int = 0) -> None:
        super().__init__()
        self.config = config
        self.model = Trunk(config)
        self.lm_head = nn.Linear(config.width, config.vocab_size, bias=False)
        if config.tied:
            self.lm_head.weight = self.model.embed_tokens.weight
        cos, sin = rotations(config)
        self.register_buffer("cos", cos, persistent=False)  # (context, E)
        self.register_buffer("sin", sin, persistent=False)  # (context, E)
        self._draw(torch.Generator().manual_seed(seed))

    def _draw(self, generator: torch.Generator) -> None:
        """Weights drawn in the order of their names; what adds to the way past starts smaller the deeper it is."""
        for name, weight in sorted(self.named_parameters()):
            if weight.dim() > 1:
                adds = name.endswith(("o_proj.weight", "down_proj.weight"))
                nn.init.normal_(weight, 0.0, 0.02 / (2 * self.config.layers if adds else 1) ** 0.5, generator)

    @property
    def module(self) -> nn.Module:
        """What adapters are put into."""
        return self

    @property
    def context(self) -> int:
        """How many positions it was made for."""
        return self.config.context

    @property
    def vocab_size(self) -> int:
        """How many tokens it tells apart."""
        return self.config.vocab_size

    def forward(
        self, ids: Tensor, targets: Tensor | None = None, segments: Tensor | None = None, *, each: bool = False
    ) -> Tensor:
        """Logits, or with targets the mean loss in nats; with `each`, the loss of every position.

        Args:
            targets: the token that comes after each position; `IGNORED` bears no loss.
            segments: the number of the document at each position; none sees another, each starts at position 0.

        Shape: (B, T) to (B, T, V), (), or (B, T)
        """
        hidden = self.hidden(ids, segments)  # (B, T, D)
        if targets is None:
            return self.head(hidden)
        if each or type(self.lm_head) is not nn.Linear:  # an adapter may stand in its place
            return loss_of(self.head(hidden), targets, each=each)
        return head_loss(hidden, self.lm_head.weight, targets)

    def logits(self, ids: Tensor, segments: Tensor | None = None) -> Tensor:
        """What each position says of the next token. Shape: (B, T) to (B, T, V)."""
        return self.head(self.hidden(ids, segments))

    def hidden(self, ids: Tensor, segments: Tensor | None = None) -> Tensor:
        """The last hidden states, as the head reads them. Shape: (B, T) to (B, T, D)."""
        return self.model(ids, self._view(ids, segments), None)

    def head(self, hidden: Tensor) -> Tensor:
        """Logits of hidden states. Shape: (…, D) to (…, V)."""
        return self.lm_head(hidden)

    def _view(self, ids: Tensor, segments: Tensor | None) -> View:
        length = ids.shape[1]
        if length > self.config.context:
            raise InputError(
                f"a sequence of `{length}` tokens is longer than the `{self.config.context}` the model was made for"
            )
        if segments is None:
            return View(self.cos[None, None, :length], self.sin[None, None, :length], None)
        positions = positions_of(segments)
        return View(self.cos[positions][:, None], self.sin[positions][:, None], mask_of(segments))

    def generate(
        self,
        ids: Tensor,
        count: int,
        *,
        temperature: float = 0.0,
        top_k: int | None = None,
        generator: torch.Generator | None = None,
        stop: Sequence[int] = (),
    ) -> Tensor:
        """The ids and what follows them; it ends early once every row has met a token of `stop`.

        Args:
            ids: rows of one length, at least one token.
            temperature: 0 takes the likeliest token; above it, one is drawn by `generator`.

        Shape: (B, T) to (B, at most T + count)

        Raises:
            InputError: nothing to go on from, or more than the model's context.
        """
        batch, length = ids.shape
        if not length or length + count > self.config.context:
            raise InputError(
                f"`{length}` tokens and `{count}` more do not fit a context of `{self.config.context}`",
                hint="give a prompt, and fewer tokens",
            )
        cache = KeyValues(self.config, batch, length + count, self.model.norm.weight)
        fresh, done = ids, torch.zeros(batch, dtype=torch.bool, device=ids.device)
        for _ in range(count):
            end = cache.length + fresh.shape[1]
            view = View(self.cos[None, None, cache.length : end], self.sin[None, None, cache.length : end], None)
            last = self.head(self.model(fresh, view, cache)[:, -1])  # (B, V)
            cache.length = end
            fresh = chosen(last, temperature, top_k, generator)[:, None]  # (B, 1)
            ids = torch.cat((ids, fresh), dim=1)
            done |= torch.isin(fresh[:, 0], torch.tensor(stop, device=ids.device, dtype=ids.dtype))
            if stop and bool(done.all()):
                break
        return ids


def rotations(config: DecoderConfig) -> tuple[Tensor, Tensor]:
    """Cosine and sine of every position. Shape: (context, E) each."""
    width = config.head_width
    frequencies = 1.0 / config.rope_theta ** (torch.arange(0, width, 2, dtype=torch.float32) / width)  # (E / 2,)
    angles = torch.arange(config.context, dtype=torch.float32)[:, None] * frequencies  # (context, E / 2)
    angles = torch.cat((angles, angles), dim=-1)
    return angles.cos(), angles.sin()


def positions_of(segments: Tensor) -> Tensor:
    """Where each position stands in its own document. Shape: (B, T) to the same."""
    places = torch.arange(segments.shape[1], device=segments.device)
    starts = torch.ones_like(segments, dtype=torch.bool)
    starts[:, 1:] = segments[:, 1:] != segments[:, :-1]
    return places - (places * starts).cummax(dim=1).values


def mask_of(segments: Tensor) -> Tensor:
    """True where a position may look: back, within its document. Shape: (B, T) to (B, 1, T, T)."""
    length = segments.shape[1]
    back = torch.ones(length, length, dtype=torch.bool, device=segments.device).tril()
    return (segments[:, :, None] == segments[:, None, :])[:, None] & back


def loss_of(logits: Tensor, targets: Tensor, *, each: bool = False) -> Tensor:
    """The mean loss in nats of positions that bear one, or the loss of each. Shape: () or (B, T)."""
    flat = logits.flatten(0, 1).float()  # (B * T, V)
    reduction = "none" if each else "mean"
    loss = F.cross_entropy(flat, targets.flatten(), ignore_index=IGNORED, reduction=reduction)
    return loss.view(targets.shape) if each else loss


def chosen(logits: Tensor, temperature: float, top_k: int | None, generator: torch.Generator | None) -> Tensor:
    """The next token of each row. Shape: (B, V) to (B,).

    Raises:
        InputError: a token is to be drawn, and nothing to draw with was given.
    """
    if temperature <= 0:
        return logits.argmax(dim=-1)
    if generator is None:
        raise InputError(f"a temperature of `{temperature}` draws tokens, from no seed", hint="give a seed")
    logits = logits.float() / temperature
    if top_k is not None:
        least = logits.topk(min(top_k, logits.shape[-1]), dim=-1).values[:, -1:]
        logits = logits.masked_fill(logits < least, -torch.inf)
    return torch.multinomial(logits.softmax(dim=-1), 1, generator=generator)[:, 0]

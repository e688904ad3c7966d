"""`assent train`, `assent models`, `assent generate`: make a model of a snapshot, list models, have one write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from assent.cli.frame import Json, emit, err, needing_extra, warn
from assent.cli.model import show_list
from assent.operations.workspace import open_workspace
from assent.snapshot.reader import system_clock

if TYPE_CHECKING:
    from assent.operations.train import Trained
    from assent.training.chains import Advance


def register(app: typer.Typer) -> None:
    """Adds `train`, `models` and `generate`."""
    app.command()(train)
    app.command()(models)
    app.command()(generate)


def train(  # noqa: PLR0917 - a command's options
    snapshot: Annotated[str, typer.Argument(help="A snapshot's id, the beginning of one, or its folder.")],
    base: Annotated[str, typer.Option(help="tiny, or a Hugging Face folder; it never learns from members.")] = "tiny",
    declare: Annotated[
        str | None, typer.Option(help="What the base was trained on, where its folder does not say.")
    ] = None,
    route: Annotated[
        str, typer.Option(help="adapters learn, a memory is looked up, or both; auto: a memory up to a million tokens.")
    ] = "adapters",
    serve: Annotated[str, typer.Option(help="How adapters answer as one: mean or logits.")] = "mean",
    rank: Annotated[int, typer.Option(min=1, help="Of the adapters.")] = 8,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over each slice.")] = 3,
    learning_rate: Annotated[float, typer.Option(help="At its peak.")] = 5e-3,
    sequence_tokens: Annotated[int, typer.Option(min=8, help="The longest sequence.")] = 256,
    precision: Annotated[str, typer.Option(help="float32, or bfloat16 where that is faster.")] = "float32",
    seed: Annotated[int, typer.Option(help="Of first values and of the order of sequences.")] = 2025,
    processes: Annotated[int | None, typer.Option(min=1, help="That train side by side; else as configured.")] = None,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    as_json: Json = False,
) -> None:
    """Train on a snapshot, an adapter for each shard or a memory, and seal the model. Killed, it goes on."""
    with needing_extra("train"):
        from assent.operations.train import train_model
        from assent.training.config import TrainingConfig

        config = TrainingConfig(
            rank=rank,
            alpha=2 * rank,
            epochs=epochs,
            learning_rate=learning_rate,
            sequence_tokens=sequence_tokens,
            precision=precision,
            seed=seed,
        )
        workspace = open_workspace()
        with watching_training() as watch:
            done = train_model(
                workspace,
                snapshot,
                clock=system_clock,
                base=base,
                declared=declare,
                config=config,
                aggregation=serve,
                route=route,
                processes=processes,
                device=device,
                watch=watch,
            )
    emit(as_json, _json(done), lambda console: _show(console, done))


def models(as_json: Json = False) -> None:
    """List models, those trained here and those registered from elsewhere: as `assent model list`."""
    show_list(as_json)


def generate(  # noqa: PLR0917 - a command's options
    model: Annotated[str, typer.Argument(help="A model's id, or the beginning of one.")],
    prompt: Annotated[str, typer.Option(help="What it goes on from.")],
    tokens: Annotated[int, typer.Option(min=1, help="How many it writes at most.")] = 60,
    temperature: Annotated[float, typer.Option(min=0.0, help="0 takes the likeliest each time.")] = 0.0,
    top_k: Annotated[int | None, typer.Option(min=1, help="Draws among so many of the likeliest.")] = None,
    seed: Annotated[int, typer.Option(help="Of what is drawn by chance.")] = 0,
    no_filter: Annotated[
        bool, typer.Option("--no-filter", help="Mask neither who took back or objected nor personal details.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Have a model write. One that was superseded, or that learned from what was taken back, is not asked."""
    with needing_extra("train"):
        from assent.operations.models import generate as write

        done = write(
            open_workspace(),
            model,
            prompt,
            clock=system_clock,
            tokens=tokens,
            temperature=temperature,
            top_k=top_k,
            seed=seed,
            filtered=not no_filter,
        )
    emit(as_json, asdict(done), lambda console: console.print(f"{done.prompt}{done.text}", markup=False))
    if done.masked is None:
        warn(["nothing was masked: this may name who took back or objected; show it to nobody else"])
    elif done.masked and not as_json:
        said = ", ".join(f"{count} {kind}" for kind, count in done.masked.items())
        err.print(f"masked: {said}", markup=False)


@contextmanager
def watching_training() -> Iterator[Callable[[Advance], None]]:
    """Gives a function that moves a progress bar with speed, loss and time left; silent where nobody looks."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as bar:
        task = bar.add_task("training", total=None, said="")

        def watch(advance: Advance) -> None:
            left = (advance.of - advance.tokens) / advance.per_second if advance.tokens else 0.0
            loss = "" if advance.loss is None else f", loss {advance.loss:.3f}"
            said = f"{advance.per_second:,.0f} tokens/s{loss}, about {left:,.0f} s left"
            bar.update(task, description=advance.doing, total=advance.of, completed=advance.tokens, said=said)

        yield watch


def _json(done: Trained) -> dict[str, Any]:
    manifest = done.model.manifest
    return {
        "model": done.model.id,
        "path": str(done.model.path),
        "digest": done.model.digest,
        "snapshot": manifest.snapshot,
        "base": {"name": manifest.base.name, "digest": manifest.base.digest, "parameters": manifest.base.parameters},
        "config": dict(manifest.config),
        "tokens": manifest.tokens,
        "rows": manifest.rows,
        "route": manifest.route,
        "memory": None
        if manifest.memory is None
        else {"entries": manifest.memory.entries, "parts": len(manifest.parts), "read": done.remembered},
        "left_out": done.left_out,
        "slices": {"trained": done.trained, "kept": done.kept},
        "loss": _loss(done),
        "seconds": round(done.seconds, 2),
    }


def _loss(done: Trained) -> float | None:
    learned = [each for each in done.model.manifest.slices if each.loss is not None]
    tokens = sum(each.tokens for each in learned)
    return round(sum((each.loss or 0.0) * each.tokens for each in learned) / tokens, 4) if tokens else None


def _show(console: Console, done: Trained) -> None:
    manifest = done.model.manifest
    whose = f"{manifest.rows:,} records by {manifest.members:,} members"
    console.print(f"sealed [bold]{done.model.id}[/bold]")
    if manifest.slices:
        console.print(
            f"learned {manifest.tokens:,} tokens of {whose}, {manifest.config['epochs']} times each,"
            f" on a base of {manifest.base.parameters:,} parameters"
        )
    if manifest.memory is not None:
        console.print(f"remembers {manifest.memory.entries:,} tokens of {whose}, in {len(manifest.parts)} parts")
    if done.left_out:
        console.print(f"left out, because it was withdrawn since the snapshot was sealed: {done.left_out:,} records")
    kept = f"; {done.kept} had been trained before" if done.kept else ""
    loss = "" if _loss(done) is None else f"; loss at the end {_loss(done)} nats per token"
    what = f"{done.trained} slices" if manifest.slices else f"{done.remembered:,} records read"
    console.print(f"{what} in {done.seconds:,.1f} s{kept}{loss}")
    console.print(f"read {done.model.path / 'card.md'}, then: assent generate {done.model.id} --prompt …", markup=False)

"""Drafts by the writer that was set up: a model trained here, a server; nobody who took back is named by any."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assent.errors import InputError, RefusedError
from assent.features.writing import Ask, Generator, Job, Kind
from assent.features.writing.prompting import Prompt
from assent.operations.drafting import TrainedGenerator, Writers, generator_for, generator_of
from assent.operations.items import Items
from assent.operations.platform import open_platform
from assent.operations.takeback import take_back
from assent.operations.workspace import open_workspace
from assent.vocabulary.identifiers import MemberId
from features.writing.writers import Saying, completion, model_server
from model_world import model_world, small_base, standing, trained, unlearned
from small_world import PURPOSE, World, joined, post

ANN = MemberId("m0")
SAID = "I am an assistant to Bert Nolan at Brook House. My name is Ann Marlow."
RECORDS = [
    post("ann-name", ANN, "Ann Marlow", category="profile.name"),
    post("ann-job", ANN, "Assistant to Bert Nolan at Brook House", category="profile.position"),
]
PEOPLE = [{"member": "m0", "name": "Ann Marlow"}, {"member": "bert", "name": "Bert Nolan"}]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_base(tmp_path_factory.mktemp("base"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = model_world(tmp_path / "w", [ANN, "m1", "m2"], more=RECORDS, events=joined("bert"))
    pq.write_table(pa.Table.from_pylist(PEOPLE), made.root / "people.parquet")
    with (made.root / "mapping.toml").open("a") as mapping:
        mapping.write('\n[[identifiers]]\nfiles = ["people.parquet"]\nmember = "member"\nname = "name"\n')
    return made


@contextmanager
def writers(world: World, generator: Generator | None = None) -> Iterator[Writers]:
    with open_platform(world.workspace, clock=world.clock) as platform:
        yield Writers(platform, Items(platform), generator)


def set_up(world: World, **writing: str) -> None:
    with (world.root / "assent.toml").open("a") as config:
        config.write("\n[writing]\n" + "".join(f'{name} = "{value}"\n' for name, value in writing.items()))
    object.__setattr__(world, "workspace", open_workspace(world.root))


def written(world: World, generator: Generator | None = None):
    with writers(world, generator) as here:
        return here.write(ANN, Ask(Kind.ABOUT))


def test_who_permits_is_named_where_a_record_does(world: World) -> None:
    assert "Bert Nolan" in written(world, Saying([SAID])).text


def test_who_took_back_is_named_in_no_draft_of_others(world: World) -> None:
    take_back(world.workspace, ["bert"], purposes=[PURPOSE], clock=world.clock)

    made = written(world, Saying([SAID]))

    assert "Nolan" not in made.text
    assert "Bert" not in str(made.to_dict()["text"])


def test_who_took_back_still_signs_their_own(world: World) -> None:
    take_back(world.workspace, [ANN], purposes=[PURPOSE], clock=world.clock)

    assert "Ann Marlow" in written(world, Saying([SAID])).text


def test_who_takes_back_is_masked_a_minute_later_by_writers_that_stay_open(world: World) -> None:
    with writers(world, Saying([SAID])) as here:
        before = here.write(ANN, Ask(Kind.ABOUT)).text
        take_back(world.workspace, ["bert"], purposes=[PURPOSE], clock=world.clock)
        world.pass_time(minutes=2)
        after = here.write(ANN, Ask(Kind.ABOUT)).text

    assert ("Nolan" in before, "Nolan" in after) == (True, False)


def test_a_model_trained_here_is_asked_and_believed_in_nothing(world: World, base: Path) -> None:
    model = trained(world, world.build().id, base).model.id
    writer = generator_for(world.workspace, server=None, model=model[:20], clock=world.clock)

    made = written(world, writer)

    assert writer is not None
    assert writer.name == model
    assert made.written_by == "composer"  # what so small a model says no record bears out
    assert made.fell_back == "too little of what the generator wrote is borne out by records"


def test_a_model_that_learned_from_what_was_taken_back_is_not_asked_until_the_sweep(world: World, base: Path) -> None:
    model = trained(world, world.build().id, base).model.id
    writer = TrainedGenerator(world.workspace, PURPOSE, clock=world.clock)
    assert writer.check().model == model

    world.pass_time(days=1)
    take_back(world.workspace, ["m1"], purposes=[PURPOSE], clock=world.clock)
    with pytest.raises(RefusedError, match="learned from a snapshot that was superseded"):
        generator_for(world.workspace, server=None, model=model, clock=world.clock)
    assert "learned from" in written(world, writer).fell_back

    unlearned(world)
    with pytest.raises(RefusedError, match="was superseded"):
        generator_for(world.workspace, server=None, model=model, clock=world.clock)
    assert "learned from" not in written(world, writer).fell_back  # the purpose's newest one is asked
    assert writer.name == standing(world) != model


@pytest.mark.parametrize(("named", "told"), [("nothing", "no model"), ("train_other", "no model stands")])
def test_a_model_that_is_not_there_is_said(world: World, named: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        generator_for(world.workspace, server=None, model=named, clock=world.clock)


def test_a_model_that_was_trained_for_something_else_does_not_write(world: World, base: Path) -> None:
    model = trained(world, world.build("train_other").id, base).model.id

    with pytest.raises(InputError, match="does not write for members"):
        generator_for(world.workspace, server=None, model=model, clock=world.clock)


def test_the_server_that_is_set_up_writes_and_when_it_is_down_the_composer_does(world: World) -> None:
    with model_server(lambda _body, _count: (200, completion(SAID))) as (address, asked):
        set_up(world, server=address, model="house-model")
        with open_platform(world.workspace, clock=world.clock) as platform:
            here = Writers(platform, Items(platform), generator_of(platform))
            made = here.write(ANN, Ask(Kind.ABOUT))
    with open_platform(world.workspace, clock=world.clock) as platform:
        without = Writers(platform, Items(platform), generator_of(platform)).write(ANN, Ask(Kind.ABOUT))

    assert (made.written_by, made.fell_back, asked[0]["model"]) == ("house-model", "", "house-model")
    assert (without.written_by, "cannot be reached" in without.fell_back) == ("composer", True)
    assert without.text


def test_a_model_that_is_set_up_and_not_there_leaves_the_composer(world: World) -> None:
    set_up(world, model="train_generative")
    with open_platform(world.workspace, clock=world.clock) as platform:
        made = Writers(platform, Items(platform), generator_of(platform)).write(ANN, Ask(Kind.ABOUT))

    assert (made.written_by, "no model stands" in made.fell_back) == ("composer", True)


def test_an_address_that_is_none_is_said(world: World) -> None:
    set_up(world, server="no address")
    with open_platform(world.workspace, clock=world.clock) as platform, pytest.raises(InputError, match="no address"):
        generator_of(platform)


class Meanwhile:
    """A generator that takes its time: somebody else has a message written before it answers."""

    name = "slow"

    def __init__(self, world: World, said: str) -> None:
        self.world, self.said = world, said
        self.others: list[str] = []

    def propose(self, prompt: Prompt, *, seed: int) -> str:
        with writers(self.world) as here:
            self.others.append(here.write(MemberId("m1"), MESSAGE, to="hirer-2").text)
        return self.said


MESSAGE = Ask(Kind.MESSAGE_TO_HIRER, job=Job("Assistant wanted at Hill & Sons"))


def test_a_slow_writer_holds_up_nobody_elses_message(world: World) -> None:
    slow = Meanwhile(world, SAID)
    with writers(world, slow) as here:
        made = here.write(ANN, MESSAGE, to="hirer-1")

    assert made.text
    assert slow.others


def test_what_was_sent_meanwhile_counts(world: World) -> None:
    class Sends(Meanwhile):
        def propose(self, prompt: Prompt, *, seed: int) -> str:
            for hirer in ("hirer-2", "hirer-3"):
                with writers(self.world, Saying([self.said])) as here:
                    here.write(ANN, MESSAGE, to=hirer)
            return self.said

    with writers(world, Sends(world, SAID)) as here, pytest.raises(RefusedError):
        here.write(ANN, MESSAGE, to="hirer-1")

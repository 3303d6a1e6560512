"""A long text about many models, cut into volumes: none is longer than a number of bytes, and so of no more tokens. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from paramsync.rendering.models import Model

Write = Callable[[Model], str]  # the text about a model


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """A part of a text about models; `number` counts from 1."""

    number: int
    models: tuple[Model, ...]
    write: Write = field(repr=False)

    @property
    def name(self) -> str:
        return str(self.number)

    @property
    def suffix(self) -> str:
        """What its number adds to a path: nothing for the first."""
        return f"-{self.number}" if self.number > 1 else ""

    @property
    def text(self) -> Markup:
        """What templates have written about its models."""
        return Markup("\n".join(map(self.write, self.models)))  # noqa: S704 - they have, by filters


def count_models(models: Sequence[Model], write: Write, limit: int) -> list[int]:
    """Count the models of each volume of no more than a number of bytes, given what is written about models, in their order."""
    found = [0]
    length = 0
    for model in models:
        size = len(write(model).encode()) + 1
        if found[-1] and length + size > limit:
            found.append(0)
            length = 0
        found[-1] += 1
        length += size
    return found


def bind_volumes(models: Sequence[Model], counts: Sequence[int], write: Write) -> Iterator[Volume]:
    """Make volumes of so many models each."""
    start = 0
    for index, count in enumerate(counts, 1):
        yield Volume(index, tuple(models[start : start + count]), write)
        start += count

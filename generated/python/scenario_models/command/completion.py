"""What the tab key offers: models, their parameters and choices, and files. Loads neither pydantic nor what runs a model."""

import argparse
import json
import os
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..file_parameters import FILE_PARAMETERS
from ..lookup import BY_ID, models
from ..parameters import list_types
from ..specs import load_spec
from ..vendor import PACKAGE, PREFIX

Completer = Callable[..., Iterable[str]]
SHELLS = ("bash", "zsh", "fish")
BREAKS = "_ARGCOMPLETE_COMP_WORDBREAKS"  # in which bash gives the signs between words
MODULE = __name__.partition(".")[0]


def write_script(shell: str) -> str:
    """Write the lines with which a shell asks this command what to offer."""
    from argcomplete.shell_integration import shellcode  # for this alone

    return shellcode([PACKAGE], shell=shell)


def offer(parser: argparse.ArgumentParser) -> None:
    """Answer a shell that asks what to offer, and exit."""
    from argcomplete.finders import CompletionFinder  # a shell asks seldom

    class Finder(CompletionFinder):
        """Finds what is offered. After an option, argparse takes no more parameters; this command does."""

        def collect_completions(
            self, active_parsers: Any, parsed_args: argparse.Namespace, cword_prefix: str
        ) -> list[str]:
            """Find what may stand where the cursor is."""
            found: list[str] = super().collect_completions(active_parsers, parsed_args, cword_prefix)
            is_parameter = hasattr(parsed_args, "parameters") and not active_parsers[-1].active_actions
            return found or [*(find_parameters(cword_prefix, parsed_args) if is_parameter else ())]

    if breaks := os.environ.get(BREAKS):
        os.environ[BREAKS] = breaks.replace(
            "@", ""
        )  # which bash takes for the beginning of a word, and not for a break
    Finder()(parser, always_complete_options=False)


def find_nothing(prefix: str, **_: object) -> list[str]:  # noqa: ARG001 - by this name argcomplete gives it
    """Offer nothing, not even files."""
    return []


def offer_words(words: Iterable[str]) -> Completer:
    """Offer some words."""
    return lambda prefix, **_: _begin(words, prefix)


def find_models(prefix: str, **_: object) -> Iterator[str]:
    """Find ids of models, without what all ids begin with unless it was typed."""
    short = [one.removeprefix(PREFIX) for one in BY_ID if one.removeprefix(PREFIX).startswith(prefix)]
    return iter(short or [one for one in BY_ID if one.startswith(prefix)])


def find_capabilities(prefix: str, **_: object) -> Iterator[str]:
    """Find what models do."""
    return _begin({one for info in models() for one in info.capabilities}, prefix)


def find_providers(prefix: str, **_: object) -> Iterator[str]:
    """Find who makes models."""
    return _begin({info.provider for info in models()}, prefix)


def find_versions(prefix: str, **_: object) -> Iterator[str]:
    """Find the versions of this package."""
    releases = json.loads((files(MODULE) / "releases.json").read_text(encoding="utf-8"))
    return _begin((one["version"] for one in releases), prefix)


def find_folders(prefix: str, **_: object) -> Iterator[str]:
    """Find folders."""
    return (path for path in _find_paths(prefix) if path.endswith("/"))


def find_parameters(prefix: str, parsed_args: argparse.Namespace, **_: object) -> Iterator[str]:
    """Find the parameters of a model that were not given yet; after the sign, choices or files."""
    model = parsed_args.model if parsed_args.model in BY_ID else PREFIX + parsed_args.model
    properties = load_spec(model)["properties"] if model in BY_ID else {}
    name, sign, value = prefix.partition("=")
    rule = properties.get(name, {})
    if sign and (value.startswith("@") or (not value and name in FILE_PARAMETERS.get(model, ()))):
        return (f"{name}=@{path}" for path in _find_paths(value[1:]))
    if sign:
        return (
            f"{name}={choice}" for choice in _list_values(rule.get("items", rule)) if choice.startswith(value)
        )
    given = {one.partition("=")[0].rstrip(":") for one in getattr(parsed_args, "parameters", None) or []}
    return _begin(
        (f"{one}=" for one, rule in properties.items() if one not in given or "array" in list_types(rule)),
        prefix,
    )


def _list_values(rule: dict[str, Any]) -> Iterator[str]:
    """List the choices of a value as they are typed."""
    for one in rule.get("enum", [True, False] if list_types(rule) == ["boolean"] else []):
        yield one if isinstance(one, str) else json.dumps(one)


def _find_paths(typed: str) -> Iterator[str]:
    """Find files and folders, under the name of their folder as it was typed; hidden ones only if that was begun."""
    base, slash, name = typed.rpartition("/")
    try:
        found = sorted(Path(base + slash).expanduser().iterdir())
    except (OSError, RuntimeError):  # the latter for `~name` of an unknown user
        return
    for one in found:
        if one.name.startswith(name) and (name or not one.name.startswith(".")):
            yield f"{base}{slash}{one.name}{'/' if one.is_dir() else ''}"


def _begin(words: Iterable[str], prefix: str) -> Iterator[str]:
    return (one for one in words if one.startswith(prefix))

"""The verbs of the command line that need no network."""

import argparse
from collections import Counter

from ..catalogue import ModelInfo
from ..lookup import find, models, with_prefix
from ..parameters import ParameterInfo
from ..rules import SHOWN
from ..specs import load_spec
from ..version import __version__
from ..vocabulary import nearest
from .completion import write_script
from .parameters import WrongParameters, read_parameters
from .screen import show_error, show_json, show_line, show_script, show_table
from .upgrade import SEVERITIES, find_effects


def list_models(options: argparse.Namespace) -> None:
    """List all models, or those that are looked for."""
    found = [info for info in models() if _is_looked_for(info, options)]
    if not found:
        capabilities = sorted({one for info in models() for one in info.capabilities})
        providers = sorted({info.provider for info in models()})
        hint = nearest(options.capability, capabilities) or nearest(options.provider, providers)
        raise WrongParameters(f"there are no such models{hint}")
    if options.json:
        show_json([info._asdict() for info in found])
        return
    rows = [(info.id, _title(info), info.provider, ", ".join(info.capabilities)) for info in found]
    show_table(("Model", "Title", "Provider", "Capabilities"), rows)


def _is_looked_for(info: ModelInfo, options: argparse.Namespace) -> bool:
    text = f"{info.id} {info.title} {info.provider}".lower()
    return (
        options.capability in (None, *info.capabilities)
        and (options.provider or "").lower() in ("", info.provider.lower())
        and all(word.lower() in text for word in options.words)
    )


def show_model(options: argparse.Namespace) -> None:
    """Show the parameters of a model."""
    info = find(with_prefix(options.model))
    if options.json:
        show_json(load_spec(info.id))
        return
    rows = [
        (
            one.name,
            f"{one.type} ({one.kind})" if one.kind else one.type,
            "yes" if one.required else "",
            "" if one.default is None else str(one.default),
            _show_values(one),
            f"{one.description} Changes the price.".strip() if one.changes_price else one.description,
        )
        for one in info.parameters
    ]
    show_line(f"{info.title} ({info.id})")
    if info.deprecation:
        show_line(info.deprecation)
    show_table(("Parameter", "Type", "Required", "Default", "Values", "Description"), rows)


def print_body(options: argparse.Namespace) -> None:
    """Check the parameters of a request, and print its body as JSON."""
    info = find(with_prefix(options.model))
    body, _ = read_parameters(info.id, options.parameters, is_unlisted=options.unlisted)
    show_json(body)


def check_upgrade(options: argparse.Namespace) -> int:
    """Say what an upgrade to this version changes in the models that you use; exit with 1 if it breaks something."""
    effects = find_effects(options.since, options.what or ["."], show_error)
    if options.json:
        show_json([one.json for one in effects])
    else:
        for one in effects:
            show_line(str(one))
        counts = Counter(one.severity for one in effects)
        counted = ", ".join(f"{counts[one]} {one}" for one in SEVERITIES)
        show_line(f"upgrade-check: {options.since} to {__version__}: {counted}")
    return int(any(one.severity == "breaking" for one in effects))


def print_completion(options: argparse.Namespace) -> None:
    """Print the script by which a shell completes this command."""
    show_script(write_script(options.shell))


def _title(info: ModelInfo) -> str:
    return f"{info.title} (deprecated)" if info.deprecation else info.title


def _show_values(one: ParameterInfo) -> str:
    """Show the choices of a parameter, or the limits of its values and of their elements."""
    choices = one.items.choices if one.items and one.items.choices else one.choices
    if choices:
        return ", ".join(str(choice.value) for choice in choices)
    limits = {**(one.items.rules if one.items else {}), **one.rules}
    return ", ".join(f"{name.lower()} {limits[key]}" for key, name in SHOWN.items() if key in limits)

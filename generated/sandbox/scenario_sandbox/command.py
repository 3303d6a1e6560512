"""The command line: the only module that prints."""

import argparse
import errno
import json
import logging
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .faults import KINDS, Fault, make_fault
from .server import Sandbox
from .store import StateError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code: 0 if a signal stopped it, 1 if it cannot start, 2 for wrong usage."""
    parser = _make_parser()
    options = parser.parse_args(arguments)
    logging.basicConfig(format="%(message)s", level=logging.WARNING if options.quiet else logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    sandbox = _make_sandbox(parser, options)
    _print_variables(sandbox, options.host)
    sandbox.run()
    return 0


def _make_sandbox(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Sandbox:
    try:
        return Sandbox(
            host=options.host,
            port=options.port,
            speed=options.speed,
            keys=options.key,
            faults=options.fault,
            seed=options.seed,
            state=options.state,
        )
    except ValueError as error:
        parser.error(str(error))
    except StateError as error:
        parser.exit(1, f"scenario-sandbox: {error}\n")
    except OSError as error:
        advice = "; try --port 0 for a free port" if error.errno == errno.EADDRINUSE else ""
        message = f"cannot listen on {options.host}, port {options.port}: {error}{advice}"
        parser.exit(1, f"scenario-sandbox: {message}\n")


def _print_variables(sandbox: Sandbox, host: str) -> None:
    """Print the variables to export, and on stderr who can reach the server."""
    for name, value in sandbox.environment.items():
        print(f"export {name}={shlex.quote(value)}", flush=True)
    everyone = "every machine that can reach this one can use it, unless --key restricts it"
    reach = "only this machine can reach it" if sandbox.is_local else everyone
    port = sandbox.address.rpartition(":")[2]
    print(f"listening on {host}, port {port}: {reach}; Ctrl-C stops it", file=sys.stderr, flush=True)


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scenario-sandbox",
        description="A local server that behaves like the API of Scenario. Prints the variables to export.",
        epilog=f"Faults: {', '.join(KINDS)}.",
    )
    _add_server_options(parser)
    _add_behaviour_options(parser)
    parser.add_argument("--quiet", action="store_true", help="do not show the requests")
    return parser


def _add_server_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
    add("--port", type=int, default=8000, help="the port to listen on; 0 takes a free one (default: 8000)")
    key_help = "accept only this API key; by default any; may be repeated"
    add("--key", action="append", default=[], metavar="KEY[:SECRET]", help=key_help)
    add("--state", type=Path, metavar="FILE", help="keep jobs, assets and uploads in this file over restarts")


def _add_behaviour_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    speed_help = "how many seconds jobs age in a second: a job takes 10 seconds at 1, and waits to be stepped at 0 (default: 1)"
    add("--speed", type=float, default=1.0, metavar="N", help=speed_help)
    fault_form = "KIND[,times=N][,rate=P][,seconds=S][,on='METHOD PATH'][,status=N][,body=JSON]"
    fault_help = "turn a fault on; PATH may contain *; a body is JSON and stands last; may be repeated"
    add("--fault", action="append", default=[], type=_fault, metavar=fault_form, help=fault_help)
    seed_help = "decides which requests a fault with a rate strikes (default: 0)"
    add("--seed", type=int, default=0, metavar="N", help=seed_help)


def _fault(text: str) -> Fault:
    short, _, body = text.partition(",body=")  # a body has commas of its own
    kind, *rest = short.split(",")
    pairs = [part.partition("=") for part in rest]
    facts: dict[str, Any] = {"kind": kind, **{name: value for name, _, value in pairs}}
    if not all(equals for _, equals, _ in pairs) or len(facts) <= len(pairs):
        raise argparse.ArgumentTypeError(f"{text!r}: write KIND,name=value, each name once")
    try:
        return make_fault(facts | ({"body": json.loads(body)} if body else {}))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r}: {error}") from None

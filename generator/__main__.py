"""The verbs. The only module that prints, exits or catches."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from generator.errors import InputError


def run() -> None:
    """Be the command `paramsync`."""
    sys.exit(main(sys.argv[1:]))

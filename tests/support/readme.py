"""The project's README, and its part that is taken apart from the rest: the walk to another vendor's packages."""

import re

from support.example import PROJECT

README = PROJECT / "README.md"
WALK = re.compile(r"^## You have another vendor\n.*?(?=^## )", re.MULTILINE | re.DOTALL)

"""The credentials for an API, its keys, and how they are kept out of all that is saved or shown. Pure."""

import base64
import re
from dataclasses import dataclass, field

MIN_LENGTH = 8  # characters of a key; anything shorter stands in many texts by chance
ESCAPE = re.compile(r"\\(?:u00([0-7][0-9a-f])|(/))", re.IGNORECASE)  # in JSON


@dataclass(frozen=True)
class Credentials:
    """The name and the password for an API, which go into its requests and nowhere else."""

    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Basic {self._encoded}"} if self.user else {}

    def are_in(self, text: str) -> bool:
        """Tell whether a server sends them back, in JSON perhaps escaped."""
        if not self.user:
            return False
        plain = ESCAPE.sub(lambda found: found[2] or chr(int(found[1], 16)), text).lower()
        return any(secret.lower() in plain for secret in self._secrets)

    def redact(self, text: str) -> str:
        """Remove them from a text that is to be shown; only before it is shortened are they whole."""
        for secret in self._secrets if self.user else ():
            text = re.sub(re.escape(secret), "…", text, flags=re.IGNORECASE)
        return text

    @property
    def _encoded(self) -> str:
        return base64.b64encode(f"{self.user}:{self.password}".encode(errors="surrogateescape")).decode()

    @property
    def _secrets(self) -> list[str]:
        return [one for one in (self._encoded, self.password, self.user) if len(one) >= MIN_LENGTH]


NO_CREDENTIALS = Credentials()

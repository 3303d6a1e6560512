"""A file that the service has. A module of its own, since who imports a client needs no other kind of file. Pure."""


class StoredFile:
    """A file that the service has: its id is sent. It is the class of what a client gives, such as its assets."""

    id: str
    kind: str

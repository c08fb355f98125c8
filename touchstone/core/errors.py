"""The four errors, told apart by what the caller does next."""

from __future__ import annotations


class TouchstoneError(Exception):
    """What went wrong, where, and what to do: every message says all three."""

    exit_code = 70

    def __init__(self, what: str, *, where: str = "", todo: str = "") -> None:
        self.what, self.where, self.todo = what, where, todo
        super().__init__(" ".join(part for part in (f"{where}:" if where else "", what, todo) if part))


class Retry(TouchstoneError):
    """The world was busy (a lock, a timeout, a full disk): the same call may go through later."""

    exit_code = 75


class Skip(TouchstoneError):
    """This record, or a whole file, is unusable: it is left out with this reason, and the rest goes on."""

    exit_code = 65


class Stop(TouchstoneError):
    """Settings or code must change before this can work."""

    exit_code = 78


class Refused(TouchstoneError):
    """Not allowed, or invalid; `field` names the input it is shown beside."""

    exit_code = 77

    def __init__(self, what: str, *, field: str = "", where: str = "", todo: str = "") -> None:
        self.field = field
        super().__init__(what, where=where, todo=todo)

"""Whose request this is and what it may do: the value that goes from the door to the App.

Pure; knows no file. Without users everybody who is let in is LOCAL, who may do everything.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal

Role = Literal["admin", "editor", "reader"]
Use = Literal["search", "ask", "documents"]
"""What a key may be limited to."""

ROLES: tuple[Role, ...] = ("admin", "editor", "reader")
USES: tuple[Use, ...] = ("search", "ask", "documents")
_DOT = "."


@dataclass(frozen=True, slots=True)
class Principal:
    """`collections` None: all there are and will be. `uses` None: all that the role may.

    A reader asks and reads; an editor also changes the documents of his collections; an admin may everything, but sees nobody else's
    conversations.
    """

    id: str
    name: str
    role: Role
    collections: frozenset[str] | None
    uses: frozenset[Use] | None = None

    @property
    def is_local(self) -> bool:
        """Nobody signed in, since there are no users, or it is the owner of the home on his own machine."""
        return self.id == "local"

    @property
    def is_admin(self) -> bool:
        """A key for one use is no admin's."""
        return self.role == "admin" and self.uses is None

    def may_see(self, collection: str) -> bool:
        return self.collections is None or collection in self.collections

    def may_use(self, *uses: Use) -> bool:
        """Whether a key may do what belongs to any of these."""
        return self.uses is None or not self.uses.isdisjoint(uses)

    def conversation(self, told: str | None) -> str:
        """The id of his own conversation; a new one for None. An id of somebody else's becomes one that nobody has."""
        if self.is_local:
            return told or uuid.uuid4().hex
        if told is None:
            return f"{self.id}{_DOT}{uuid.uuid4().hex}"
        return told if self.owns(told) else f"{self.id}{_DOT}{told}"

    def owns(self, conversation: str) -> bool:
        """By its id: whose it is stands at its beginning, so that no other can be named."""
        return self.is_local or conversation.startswith(self.id + _DOT)


LOCAL = Principal("local", "", "admin", None)

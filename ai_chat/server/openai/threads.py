"""Which conversation a client goes on with, by what was said in it: such clients send the words again, and no name.

Lives as long as the server; of a conversation that is not known any more only the last question is asked. Safe from several threads.
"""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from collections import OrderedDict
from collections.abc import Sequence

from ai_chat.server.openai.bodies import Said

_MOST = 2000


class Threads:
    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, str] = OrderedDict()

    def find(self, who: str, said: Sequence[Said]) -> str:
        """The conversation in which just this was said, else a new one."""
        key = _key(who, said)
        with self._lock:
            if said and key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        return uuid.uuid4().hex

    def keep(self, who: str, said: Sequence[Said], conversation_id: str) -> None:
        with self._lock:
            self._kept[_key(who, said)] = conversation_id
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


def _key(who: str, said: Sequence[Said]) -> bytes:
    words = [(role, text.strip()) for role, text in said]
    return hashlib.sha256(json.dumps([who, words]).encode()).digest()

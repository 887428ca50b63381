"""What a client sends: the fields that mean something here, any others taken and left alone, as OpenAI's API does.

Gives what was asked, what was said before, and where to look; a Misasked tells which field is at fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ai_chat.filters import key_of, pairs
from ai_chat.types import Scope

CHAT_MODEL = "ai-chat"
EMBEDDING_MODEL = "ai-chat-embedding"

Said = tuple[str, str]
"""Who said it, `user` or `assistant`, and what."""


class Misasked(Exception):
    """A request that cannot be answered as it stands; `param` names the field."""

    def __init__(self, message: str, param: str, code: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.message, self.param, self.code, self.status = message, param, code, status


class Part(BaseModel):
    model_config = ConfigDict(extra="allow")
    type: str
    text: str = ""


class ChatMessage(BaseModel):
    model_config = ConfigDict(extra="allow")
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    def words(self) -> str:
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content or () if part.type == "text")


class StreamOptions(BaseModel):
    model_config = ConfigDict(extra="allow")
    include_usage: bool = False


_Filter = str | list[str]


class ChatBody(BaseModel):
    """`collection`, `filters` and `search_only` are ours: where to look, and evidence without a written answer."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "model": CHAT_MODEL,
                    "messages": [{"role": "user", "content": "연차휴가는 며칠인가요?"}],
                    "stream": False,
                    "collection": "samples",
                    "filters": {"type": "pdf"},
                }
            ]
        },
    )
    model: str
    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    collection: str | list[str] | None = None
    filters: dict[str, _Filter] | None = None
    search_only: bool = False

    def question(self) -> str:
        """The last message. Misasked where it is not the user's, or has no text."""
        last = self.messages[-1]
        if last.role != "user":
            raise Misasked("The last message must be the user's question (role user).", "messages")
        if not last.words().strip():
            raise Misasked("The last message has no text. Only text can be asked.", "messages")
        return last.words()

    def before(self) -> list[Said]:
        """What was said before the question; what a system says is not part of a conversation."""
        return [(each.role, each.words()) for each in self.messages[:-1] if each.role in ("user", "assistant")]

    def scope(self) -> Scope:
        """Misasked for a filter that there is not; InputError for a value that it cannot have."""
        found: list[tuple[str, str]] = []
        for name, given in (self.filters or {}).items():
            key = key_of(name)
            if key is None:
                raise Misasked(f"There is no filter {name!r}.", "filters")
            for value in _listed(given):
                found += pairs(key, value)
        collections = tuple(_listed(self.collection)) if self.collection else None
        return Scope(collections=collections, filters=tuple(found))

    def check(self) -> None:
        """Misasked for a model that there is not, and for more than one answer."""
        check_model(self.model, CHAT_MODEL)
        if self.n not in (None, 1):
            raise Misasked("Only one answer can be written to a question (n = 1).", "n")


class EmbeddingsBody(BaseModel):
    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={"examples": [{"model": EMBEDDING_MODEL, "input": ["연차휴가", "annual leave"]}]},
    )
    model: str
    input: str | Annotated[list[str], Field(min_length=1, max_length=2048)]
    encoding_format: Literal["float", "base64"] | None = "float"
    dimensions: int | None = None

    def texts(self) -> list[str]:
        """Misasked for another model and for an empty text."""
        check_model(self.model, EMBEDDING_MODEL)
        texts = _listed(self.input)
        if not all(text.strip() for text in texts):
            raise Misasked("Each text of input must have at least one letter.", "input")
        return texts


def check_model(name: str, wanted: str) -> None:
    if name != wanted:
        raise Misasked(f"The model {name!r} does not do this. Use {wanted!r}.", "model", "model_not_found", 404)


def _listed(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)

"""One error tree. An error is a code and values; its sentence, Korean or English, is made at the border.

    AiChatError
      InputError     the input was at fault          exit 1   HTTP 422
        RefusedError   it is not for who asks        exit 1   HTTP 403
      UsageError     the command was used wrongly    exit 2   HTTP 400
      MachineError   ours or the machine's fault     exit 3   HTTP 503

Takes codes that stand in `sentences.SENTENCES`; knows no caller.
"""

from __future__ import annotations

from typing import Any, ClassVar

from ai_chat.types import Problem


class AiChatError(Exception):
    """`code` names a row of SENTENCES; `values` fill its blanks."""

    exit_code: ClassVar[int] = 3
    http_status: ClassVar[int] = 500

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(f"{code} {values}" if values else code)
        self.code = code
        self.values = values

    @property
    def problem(self) -> Problem:
        return Problem(self.code, self.values)


class InputError(AiChatError):
    exit_code = 1
    http_status = 422


class RefusedError(InputError):
    http_status = 403


class UsageError(AiChatError):
    exit_code = 2
    http_status = 400


class MachineError(AiChatError):
    exit_code = 3
    http_status = 503

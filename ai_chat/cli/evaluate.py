"""`ai-chat eval`: how well the pages of a folder are found, as a table or JSON.

Takes a folder with questions.jsonl and pages.jsonl or documents; the library of the home is not touched.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ai_chat.cli.session import open_session
from ai_chat.types import Mode


def evaluate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="With questions.jsonl. 평가 폴더")],
    mode: Annotated[Mode | None, typer.Option(help="Only this way of searching. 이 방식만")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")] = False,
) -> int:
    session = open_session(as_json)
    print(folder, mode, session)
    return 0

"""The program's entry: `python -m ai_chat` and the `ai-chat` script.

Takes the command line, gives the exit code. `--help` and `--version` are answered here without importing anything:
help.txt is what the full program prints (scripts/make_help.py writes it, a test compares). The page starts without Typer.
"""

import sys

_BROKEN_PIPE = 141  # 128 + SIGPIPE, as a shell would report it
_MACHINE_FAULT = 3


def main() -> int:
    try:
        code = _answer(sys.argv[1:])
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except BrokenPipeError:
        _discard_output()
        return _BROKEN_PIPE
    except OSError as error:  # the output goes to a file on a full disk
        _discard_output()
        print(f"ai-chat: {error}", file=sys.stderr)
        return _MACHINE_FAULT


def _answer(arguments: list[str]) -> int:
    if arguments in (["--help"], ["-h"]):
        with open(__file__.removesuffix("__main__.py") + "help.txt", encoding="utf-8") as text:
            print(text.read(), end="")
        return 0
    if arguments == ["--version"]:
        from ai_chat import __version__

        print(f"ai-chat {__version__}")
        return 0
    if arguments[:1] in ([], ["web"]):
        from ai_chat.cli.page import start

        code = start(arguments[1:])
        if code is not None:
            return code
    from ai_chat.cli.program import main as run

    return run(arguments)


def _discard_output() -> None:
    """It cannot be written any more: what is still buffered must not raise again when the interpreter ends."""
    import os

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)


if __name__ == "__main__":
    sys.exit(main())

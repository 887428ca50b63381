"""A child for the tests of `process`: does what each frame says."""

from __future__ import annotations

import os
import sys
import time

from ai_chat.process import open_channel


def main() -> None:
    channel = open_channel()
    print("this goes to stderr, not between frames")
    for frame in channel:
        match frame["do"]:
            case "echo":
                channel.send({"text": frame["text"], "nice": os.nice(0), "path": sys.path})
            case "crash":
                print("the reason of the crash", file=sys.stderr, flush=True)
                os._exit(7)
            case "sleep":
                time.sleep(60)
            case "spawn":
                channel.send({"pid": os.getpid(), "modules": sorted(sys.modules)})
            case "eat":
                channel.send({"bytes": len(bytearray(frame["bytes"]))})


if __name__ == "__main__":
    main()

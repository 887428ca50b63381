"""An embedding worker whose engine breaks at every passage, for the tests of its client."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ai_chat.embedding.worker import serve
from ai_chat.process import open_channel


class Broken:
    dim = 4

    def query(self, text: str, /) -> NDArray[np.float32]:
        return np.full(4, 0.5, np.float32)

    def passage(self, text: str, /) -> NDArray[np.float32]:
        raise ValueError(f"no vector for {text}")


if __name__ == "__main__":
    serve(open_channel(), Broken(), 1)

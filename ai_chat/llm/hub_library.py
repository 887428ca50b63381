"""huggingface_hub, as far as we use it: its addresses, sessions and headers, and what its errors mean.

The one door to that library, which is imported only when something is fetched. Its endpoint, proxies, certificates and the
user's token count; telemetry is off. Knows no files.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ai_chat import __version__
from ai_chat.errors import AiChatError, InputError, MachineError

PATIENCE_SECONDS = 30.0
TRIES = 4


class BrokenOff(Exception):
    """What may pass when asked again: a lost connection, a hub that stumbles, a file that ended early."""


def library() -> Any:
    """huggingface_hub, quiet and without telemetry."""
    import huggingface_hub
    from huggingface_hub import constants
    from huggingface_hub.utils import logging

    constants.HF_HUB_DISABLE_TELEMETRY = True
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    return huggingface_hub


def headers(hub: Any) -> dict[str, str]:
    """With the user's own token where one is set, as the library finds it."""
    found: dict[str, str] = hub.utils.build_hf_headers(library_name="ai-chat", library_version=__version__)
    return found


@contextmanager
def told(repository: str, name: str) -> Iterator[None]:
    """The library's errors as ours; what may pass when asked again as BrokenOff."""
    import httpx2
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    try:
        yield
    except HfHubHTTPError as error:
        raise _of_answer(error, repository, name) from error
    except OfflineModeIsEnabled as error:
        raise MachineError("hub_switched_off") from error
    except (httpx2.ConnectError, httpx2.ProxyError) as error:
        raise _of_connection(error) from error
    except httpx2.TransportError as error:
        raise BrokenOff(str(error) or type(error).__name__) from error
    except (httpx2.RequestError, httpx2.InvalidURL) as error:
        raise MachineError("hub_strange", url=_hub()) from error


def _of_answer(error: Any, repository: str, name: str) -> Exception:
    """What a status of the hub means; it answers 401 for a repository that is not there, too."""
    from huggingface_hub.errors import GatedRepoError, RemoteEntryNotFoundError, RepositoryNotFoundError

    status = error.response.status_code
    if isinstance(error, GatedRepoError):
        return InputError("hub_gated", repository=repository, hub=_hub())
    if isinstance(error, RepositoryNotFoundError) or status == 401:
        return InputError("hub_no_repository", repository=repository, hub=_hub())
    if isinstance(error, RemoteEntryNotFoundError) or status == 404:
        return InputError("hub_no_file", repository=repository, name=name)
    if status == 429 or status >= 500:
        return BrokenOff(f"HTTP {status}")
    return MachineError("hub_refused", hub=_hub(), status=status)


def _of_connection(error: Exception) -> AiChatError:
    """A certificate that is not trusted hides in the causes of a failed connection."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return MachineError("hub_certificate", hub=_hub(), reason=str(cause))
        cause = cause.__cause__ or cause.__context__
    return MachineError("hub_unreachable", hub=_hub(), reason=str(error) or type(error).__name__)


def _hub() -> str:
    from huggingface_hub import constants

    return constants.ENDPOINT


def patiently(repository: str, name: str, ask: Callable[[], Any]) -> Any:
    """Asked again a few times where the hub stumbles."""
    for attempt in range(1, TRIES):
        try:
            with told(repository, name):
                return ask()
        except BrokenOff:
            time.sleep(attempt)
    try:
        with told(repository, name):
            return ask()
    except BrokenOff as error:
        raise MachineError("hub_unreachable", hub=_hub(), reason=str(error)) from error

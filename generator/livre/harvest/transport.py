"""HTTP with manners: every byte from a source comes through here, or a typed error does.

A request ends, whatever the server does: each phase has a time-out, the whole has a deadline that
cuts the connection, and the body has a size cap. What may pass is asked again with growing pauses;
what asks us to go away is obeyed. Redirects stay on the host.
"""

from __future__ import annotations

import random
import re
import time
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type

from ..errors import Malformed, SourceError, Throttled, Unavailable, UsageError
from .deadline import Deadline
from .limiter import Limiter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

LONGEST_PAUSE = 300.0
"""Seconds: the longest wait between two tries. A source that asks for more is left alone tonight."""
HOPS = 5
"""Redirects followed for one request."""
EXPLANATION = 65_536
"""Bytes of a refusal that are read for its explanation."""
_HEADERS = {
    "Accept": "application/atom+xml, text/xml;q=0.9, */*;q=0.5",
    "Accept-Encoding": "gzip, deflate",
    "Accept-Language": "en-US,en;q=0.9",
    "Cache-Control": "no-cache",
}
_STAY_AWAY = frozenset({403, 406, 429, 503})


_tls = cache(httpx.create_ssl_context)
"""Reading the certificates takes longer than a request on loopback."""


class Rejected(Malformed):
    """The source refuses this very request (HTTP 4xx, or its protocol's own error): asking again will not help."""

    def __init__(self, message: str, *, status: int = 0, body: bytes = b"") -> None:
        self.status = status
        self.body = body
        super().__init__(message)


class _Again(Exception):
    """An error that may pass, and the least pause (seconds) before the next try."""

    def __init__(self, error: SourceError, pause: float = 0) -> None:
        self.error = error
        self.pause = pause
        super().__init__(str(error))


def _asked_pause(headers: httpx.Headers) -> float | None:
    """Seconds that `Retry-After` asks for; a date counts from the answer's own `Date`, never from our clock."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+", text):
        return float(text[:12])
    try:
        return max(0.0, (parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("date", ""))).total_seconds())
    except (ValueError, TypeError):
        return None


class Transport:
    """The door to a source. `delay` is the least pause between requests, over all processes; times are in seconds.

    `total` bounds one request, `tries` the attempts at it, `budget` what all failed attempts of this
    transport and the pauses after them may cost together, `size` (bytes) a decoded body. `tell` is given a line before each pause
    after a failure, so that nobody looks at a silent terminal.
    """

    def __init__(
        self,
        *,
        delay: float = 3.0,
        user_agent: str,
        connect: float = 10,
        read: float = 60,
        total: float = 300,
        tries: int = 6,
        budget: float = 900,
        size: int = 50_000_000,
        folder: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        rng: random.Random | None = None,
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._limiter = Limiter(delay, folder=folder, clock=clock, sleep=sleep)
        self._headers = {**_HEADERS, "User-Agent": user_agent}
        self._timeout = httpx.Timeout(read, connect=connect)
        self._total = total
        self._tries = tries
        self._budget = budget
        self._size = size
        self._clock = clock
        self._sleep = sleep
        self._rng = rng or random.Random()  # noqa: S311 - jitter, no secret
        self._tell = tell
        self._lost = 0.0
        self._probing = False
        self._client: httpx.Client | None = None
        self.told: Mapping[str, str] = {}
        """Headers of the last answer, in lower case: what a source says of its limits."""

    def close(self) -> None:
        """Let go of the client; the next request makes a new one."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def probe(self, *, only: bool = True) -> None:
        """Ask once and without patience until an answer comes: who was away for nights is not waited for. `only=False` ends that."""
        self._probing = only

    def slow_down(self, delay: float) -> None:
        """Leave at least so many seconds between requests from now on: the source says that it wants them."""
        self._limiter.delay = max(self._limiter.delay, delay)

    def __enter__(self) -> Transport:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(
        self, url: str, params: Mapping[str, str] | None = None, *, headers: Mapping[str, str] | None = None, post: bytes | None = None
    ) -> bytes:
        """The decoded body of a 200 answer to a GET, or to a POST of this JSON.

        Raises Throttled when asked to stay away, Unavailable when no answer came, Malformed when it could
        not be decoded or is too large, Rejected (not tried again) when the request itself is refused.
        """
        try:
            target = httpx.URL(url, params=params) if params else httpx.URL(url)
        except httpx.InvalidURL as error:
            raise UsageError(f"{url!r} is not an address: {error}") from None
        if target.scheme not in {"http", "https"} or not target.host:
            raise UsageError(f"{url!r} is not an address: write one that starts with https://")
        retrying = Retrying(
            stop=self._stop,
            wait=self._pause,
            retry=retry_if_exception_type(_Again),
            sleep=self._rest,
            before_sleep=self._excuse,
            reraise=True,
        )
        try:
            return retrying(self._attempt, target, {**(headers or {}), **({"Content-Type": "application/json"} if post else {})}, post)
        except _Again as again:
            raise again.error from again.__cause__

    def _pause(self, state: RetryCallState) -> float:
        again = state.outcome.exception() if state.outcome else None
        grown = min(LONGEST_PAUSE, self._limiter.delay * 2.0**state.attempt_number)
        least = again.pause if isinstance(again, _Again) else 0.0
        return max(least, grown * self._rng.uniform(0.5, 1.0))

    def _stop(self, state: RetryCallState) -> bool:
        return state.attempt_number >= (1 if self._probing else self._tries) or self._lost + state.upcoming_sleep > self._budget

    def _excuse(self, state: RetryCallState) -> None:
        again = state.outcome.exception() if state.outcome else None
        if isinstance(again, _Again):
            most = "" if self._tries == state.attempt_number + 1 else f" of at most {self._tries}"
            self._tell(f"{again.error}: asking again in {state.upcoming_sleep:.0f} s, try {state.attempt_number + 1}{most}")

    def _rest(self, seconds: float) -> None:
        self._lost += seconds
        self._sleep(seconds)

    def _attempt(self, url: httpx.URL, headers: Mapping[str, str], post: bytes | None) -> bytes:
        started = self._clock()
        try:
            for _ in range(HOPS + 1):
                answer = self._request(url, headers, post)
                if isinstance(answer, bytes):
                    self._probing = False
                    return answer
                url = answer
        except _Again:
            self._lost += self._clock() - started
            raise
        raise Unavailable(f"{url.host} redirects in circles")

    def _request(self, url: httpx.URL, headers: Mapping[str, str], post: bytes | None) -> bytes | httpx.URL:
        """One request in its turn: the body, or where it has moved to."""
        host = url.host
        with self._limiter.turn(host, url.port), Deadline(self._total) as deadline:
            try:
                with self._open(url, deadline, headers, post) as response:
                    body = self._body(response)
            except (httpx.LocalProtocolError, httpx.UnsupportedProtocol) as error:
                raise UsageError(f"{host} cannot be asked: {error}") from error
            except httpx.TransportError as error:
                raise _Again(Unavailable(self._reason(host, error, deadline))) from error
            except httpx.DecodingError as error:
                raise _Again(Malformed(f"{host} sent a body that cannot be decompressed")) from error
            if deadline.passed:  # a body without a length ends well when the connection is cut
                raise _Again(Unavailable(self._reason(host, None, deadline)))
        return body

    def _reason(self, host: str, error: Exception | None, deadline: Deadline) -> str:
        if deadline.passed:
            return f"{host} had not finished its answer after {self._total:g} s"
        if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
            return f"{host} cannot be reached: {error or 'no connection in time'}"
        if isinstance(error, httpx.TimeoutException):
            return f"{host} stopped answering for {self._timeout.read:g} s"
        return f"{host} broke off: {error}"

    @contextmanager
    def _open(self, url: httpx.URL, deadline: Deadline, headers: Mapping[str, str], post: bytes | None) -> Iterator[httpx.Response]:
        client = self._client
        if client is None:
            # No connection is kept: a dead one hangs, and arXiv asks for one at a time over all processes.
            limits = httpx.Limits(max_keepalive_connections=0)
            self._client = client = httpx.Client(headers=self._headers, timeout=self._timeout, limits=limits, verify=_tls())
        method, trace = "GET" if post is None else "POST", {"trace": deadline.watch}
        with client.stream(method, url, headers=headers, content=post, extensions=trace) as response:
            self.told = {name.lower(): value for name, value in response.headers.items()}
            yield response

    def _body(self, response: httpx.Response) -> bytes | httpx.URL:
        host, status = response.url.host, response.status_code
        if response.is_redirect:
            return self._moved(response)
        if status in _STAY_AWAY:
            raise self._told_off(response)
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise _Again(Unavailable(f"{host} answers HTTP {status}"), _asked_pause(response.headers) or 0)
        if status >= httpx.codes.BAD_REQUEST:
            said = self._read(response, EXPLANATION, cut=True)
            raise Rejected(f"{host} refuses the request: HTTP {status}", status=status, body=said)
        if status != httpx.codes.OK:
            raise Malformed(f"{host} answers HTTP {status}, which is no answer to this question")
        return self._read(response, self._size)

    def _read(self, response: httpx.Response, most: int, *, cut: bool = False) -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > most:
                if cut:
                    break
                raise Malformed(f"{response.url.host} sent more than {most / 1e6:g} MB")
        return bytes(body[:most])

    def _told_off(self, response: httpx.Response) -> Exception:
        host, status, pause = response.url.host, response.status_code, _asked_pause(response.headers)
        wait = f"; it asks for {pause:g} s" if pause else ""
        error = Throttled(f"{host} asks us to stay away for now: HTTP {status}{wait}", retry_after=pause)
        # After a 403, asking again counts as an attack; and a long pause is not for a night to sit out.
        if status == httpx.codes.FORBIDDEN or (pause or 0) > LONGEST_PAUSE:
            return error
        return _Again(error, pause or 0)

    def _moved(self, response: httpx.Response) -> httpx.URL:
        here = response.url
        try:
            there = here.join(response.headers["location"])
        except (KeyError, httpx.InvalidURL):
            raise Malformed(f"{here.host} redirects to nowhere (HTTP {response.status_code})") from None
        if there.host != here.host or there.scheme not in {"http", "https"} or (here.scheme == "https" and there.scheme == "http"):
            raise Unavailable(f"{here.host} redirects to {there.scheme}://{there.host}, where we do not follow: has the service moved?")
        return there

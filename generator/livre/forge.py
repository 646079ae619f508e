"""GitHub's interface for programs, as far as the jobs beside a night need it: a path, a method, a JSON answer.

It is written with the standard library, because these jobs hold a token that may write and so run no other code.
"""

from __future__ import annotations

import http.client
import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .errors import CannotWrite, Malformed, Unavailable, UsageError
from .plaintext import one_line

API = "https://api.github.com"
REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
_SECONDS = 60
_MOST = 8 << 20
_DENIED = frozenset({401, 403, 404})


@dataclass(frozen=True, slots=True, kw_only=True)
class Forge:
    """One repository (`owner/name`) behind the interface at `base`, with a token."""

    repository: str
    token: str
    base: str = API

    def __post_init__(self) -> None:
        if not REPOSITORY.fullmatch(self.repository):
            raise UsageError(f"{self.repository!r} is no repository: write owner/name, as GITHUB_REPOSITORY does")
        if urlsplit(self.base).scheme not in {"https", "http"}:
            raise UsageError(f"{self.base!r} is no address of the interface: write https://api.github.com")

    def __call__(self, method: str, path: str, body: dict[str, Any] | None = None, *, accept: tuple[int, ...] = ()) -> Any:
        """The JSON that answers a request under `/repos/owner/name`; None for an empty answer, or one of the statuses in `accept`.

        CannotWrite where the token may not, Unavailable where no answer comes, Malformed where it is no JSON.
        """
        url = f"{self.base}/repos/{self.repository}{path}"
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            url,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
                "User-Agent": "livre",
                **({} if body is None else {"Content-Type": "application/json"}),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
                data = answer.read(_MOST)
            return json.loads(data) if data.strip() else None
        except urllib.error.HTTPError as error:
            with error:
                said = one_line(error.read(_MOST).decode(errors="replace"))[:300]
            if error.code in accept:
                return None
            what = f"{method} {path}: {error.code} {said}"
            if error.code in _DENIED:
                raise CannotWrite(f"{what}; see what this job's token may do, and whether the setting is on (docs/nightly.md)") from None
            raise Unavailable(what) from None
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(f"{method} {path}: {error}") from None
        except ValueError as error:
            raise Malformed(f"{method} {path}: {error}") from None

"""Every error raised on purpose.

DatelineError
├── UserError            the person can mend it; the text is a whole sentence to them
│   └── InputError       a file or line that cannot become an article
├── SettingsError        the operator can mend it; names every fault at once
├── StoreError           the database cannot serve: newer schema, locked, corrupt
├── FetchError           an address on the web could not be read; a reason in words, `retry_after`, `for_good`
├── FeedError            what came is no feed, or no page with an article; a reason in words
├── QuotationError       a message would show words that no stored article holds; never sent
└── ChatError            a platform did not take a message
    ├── RateLimited      not yet; `retry_after` seconds
    ├── Unreachable      the target cannot be posted to, `for_good` or for now
    ├── Unknown          it may or may not have been posted
    └── TokenError       the platform refuses a token; names the setting to mend
"""

from __future__ import annotations

import logging
import secrets


class DatelineError(Exception):
    """Everything that Dateline raises on purpose."""


class UserError(DatelineError):
    """What somebody asked for cannot be done; the text tells them why and shows an example."""


class InputError(UserError):
    """A file or a line cannot become an article; the text is one clear line."""


class SettingsError(DatelineError):
    """Settings are wrong; `faults` holds one sentence each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class StoreError(DatelineError):
    """The database cannot serve; the text says why and what to do."""


class FetchError(DatelineError):
    """An address could not be read: `reason` in words for a user, without the address or anything secret in it.

    `retry_after`: seconds the server asks to wait, where it does. `for_good`: trying again cannot help. `status`: the
    server's, where it answered.
    """

    def __init__(
        self, reason: str, retry_after: float | None = None, *, for_good: bool = False, status: int = 0
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.for_good = for_good
        self.status = status


class FeedError(DatelineError):
    """What came is no feed, or no page with an article in it; the text is a reason in words, as FetchError's."""


class QuotationError(DatelineError):
    """A message breaks the quotation law; it must not be sent."""


class ChatError(DatelineError):
    """A platform did not take a message."""


class RateLimited(ChatError):
    """The platform asks to wait `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"rate limited for {retry_after:g} s")
        self.retry_after = retry_after


class Unreachable(ChatError):
    """The target cannot be posted to: `for_good` (gone, no permission) or for now (platform down)."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Unknown(ChatError):
    """The platform may or may not have posted the message; only a look-up can tell."""


class TokenError(ChatError):
    """A platform refuses a token; the text is one sentence that names the setting. Trying again cannot help."""


# --- what nobody raised on purpose ---------------------------------------------------------------------------

log = logging.getLogger("dateline")


def mishap(error: Exception, what: str) -> str:
    """Log `error`, which broke `what`; what to tell of it, with a reference that finds it in the log."""
    reference = secrets.token_hex(3)
    log.error("%s failed [%s]", what, reference, exc_info=error, extra={"reference": reference})
    return f"something went wrong; the log knows it as {reference}"

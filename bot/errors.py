"""Every error raised on purpose.

DatelineError
├── UserError            the person can mend it; the text is a whole sentence to them
│   └── InputError       a file or line that cannot become an article
├── SettingsError        the operator can mend it; names every fault at once
├── StoreError           the database cannot serve: newer schema, locked, corrupt
├── QuotationError       a message would show words that no stored article holds; never sent
└── ChatError            a platform did not take a message
    ├── RateLimited      not yet; `retry_after` seconds
    ├── Unreachable      the target cannot be posted to, `for_good` or for now
    ├── Unknown          it may or may not have been posted
    └── TokenError       the platform refuses a token; names the setting to mend
"""


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

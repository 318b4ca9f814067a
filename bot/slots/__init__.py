"""Days, wall time and zone: when a digest is due (`moments`), and how people write it (`orders`, `zones`). Pure.

Laws:
- A slot is due at the first moment at which its zone's wall clock shows its date and time, or later. So a time that
  the clock skips is due as the gap ends, and one that it repeats is due once, the first time.
- Two slots that fall on one moment (a day that a zone skipped whole) are one, named after the later.
"""

from bot.slots.moments import LOOKBACK, between, following
from bot.slots.orders import parse, show

__all__ = ["LOOKBACK", "between", "following", "parse", "show"]

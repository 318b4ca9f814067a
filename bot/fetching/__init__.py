"""The web, read safely and politely: the only room that opens connections to it.

No private address is ever connected to, whatever a name, a spelling or a redirect leads to, unless the operator
allows its host. What is read is bounded in size, in time and in redirects; a host is asked once a second and left
alone when it says so. Whatever goes wrong is one FetchError in words, which never hold the address.
"""

from __future__ import annotations

from bot.fetching.fetcher import Fetched, Fetcher, Limits

__all__ = ["Fetched", "Fetcher", "Limits"]

"""Pictures on Slack: uploaded privately, then put into the message whose words are posted already.

Laws:
- The words come first and are never posted again because of a picture; one that fails leaves them alone.
- To attach is to change one message, so that doing it twice shows it once.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import aiohttp

from bot.chat import budget
from bot.chat.slack.dress import illustrated
from bot.chat.slack.posting import Poster, error_of, marked
from bot.errors import ChatError, Unreachable
from bot.message import Picture

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds; an upload is "processed asynchronously", files.getUploadURLExternal
_NOT_YET = {"invalid_blocks", "file_not_found"}

log = logging.getLogger("dateline")


class Pictures:
    """`pauses` are waited for between the tries to show a file that Slack has not processed yet."""

    def __init__(self, poster: Poster, pauses: tuple[float, ...]) -> None:
        self._poster = poster
        self._pauses = pauses
        self._told: set[str] = set()  # reasons in the log already

    async def attach(self, channel: str, ts: str, payload: dict[str, Any], picture: Picture, key: str) -> None:
        """Show `picture` in the message `ts`, which was posted as `payload` under `key`."""
        try:
            async with asyncio.timeout(budget.SLACK_PICTURE):
                file = await self._upload(picture)
                await self._show(channel, ts, illustrated(payload, file, picture), key)
        except (ChatError, TimeoutError) as error:
            reason = str(error) or "it took too long"
            if reason not in self._told:
                self._told.add(reason)
                log.warning("slack: a picture could not be attached: %s", reason)

    async def _upload(self, picture: Picture) -> str:
        """The id of the uploaded file, which is in no channel."""
        place = await self._poster.call(
            "files.getUploadURLExternal", filename="dateline.png", length=len(picture.png), alt_txt=picture.alt
        )
        await self._put(place["upload_url"], picture.png)
        files = json.dumps([{"id": place["file_id"], "title": "Timeline"}])
        await self._poster.call("files.completeUploadExternal", files=files)
        return str(place["file_id"])

    async def _put(self, url: str, png: bytes) -> None:
        web = self._poster.web
        limit = aiohttp.ClientTimeout(total=budget.SEND)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit, trust_env=web.trust_env_in_session) as session,
                session.post(url, data=png, proxy=web.proxy, ssl=web.ssl or True) as answer,
            ):
                answer.raise_for_status()
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable("Slack does not take the upload", for_good=False) from error

    async def _show(self, channel: str, ts: str, payload: dict[str, Any], key: str) -> None:
        arguments = {
            "channel": channel,
            "ts": ts,
            "text": payload["text"],
            "blocks": payload["blocks"],
            "metadata": marked(key),
            "parse": "none",
            "link_names": False,
        }
        for pause in (*self._pauses, None):
            try:
                await self._poster.call("chat.update", **arguments)
            except Unreachable as error:
                if pause is None or error_of(error.__cause__) not in _NOT_YET:
                    raise
                await asyncio.sleep(pause)
            else:
                return

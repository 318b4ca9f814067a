"""A Slack to test against: Web API and Socket Mode over loopback, failing on demand.

It refuses what Slack refuses, keeps what it was sent, and knows nothing of the bot. `faults` are met by the next
posts, first in first out; `refuses` answers a method with an error every time.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import WSMsgType, web

from tests.servers import until

Json = dict[str, Any]

TEAM, FOREIGN = "T1", "T2"
ME, MY_BOT, OTHER_BOT = "UBOT", "BBOT", "UOTHERBOT"
READER, ADMIN, GUEST = "UREADER", "UADMIN", "UGUEST"
CHANNEL, ELSEWHERE, ARCHIVED, DM = "C1", "C2", "C3", "D1"
TOKEN, APP_TOKEN = "xoxb-MARKED-bot", "xapp-MARKED-app"


@dataclass
class Fault:
    """What goes wrong with one post: before it is stored, or `after`."""

    error: str = ""  # with HTTP 200
    status: int = 0  # neither: the connection is dropped; 200: an answer that cannot be read
    after: bool = False
    slow: float = 0.0
    retry_after: float = 0.0


@dataclass
class Server:
    """Its state is open to the test."""

    faults: list[Fault] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    messages: list[Json] = field(default_factory=list)
    whispers: list[Json] = field(default_factory=list)
    views: list[Json] = field(default_factory=list)
    files: dict[str, Json] = field(default_factory=dict)  # by id: png, alt, complete, tries until it can be shown
    busy: int = 0  # tries for which a new file is still being processed
    takes_files: bool = True  # the address for uploads
    calls: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    opened: int = 0
    scopes: str = ""
    members: list[str] = field(default_factory=lambda: [ME, READER, ADMIN])
    token: str = TOKEN
    app_token: str = APP_TOKEN
    page: int = 2  # messages of history at a time: so few that reading on is needed
    settles: float = 0.0  # seconds until a message is in the history
    kicked: bool = False  # out of the channel
    pongs: bool = True
    away: bool = False
    base: str = ""

    _sockets: list[web.WebSocketResponse] = field(default_factory=list)
    _runner: web.AppRunner | None = None
    _ids: Any = field(default_factory=lambda: itertools.count(1))
    _port: int = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/api/{method}", self._call)
        app.router.add_get("/socket", self._socket)
        app.router.add_post("/respond", self._respond)
        app.router.add_post("/upload/{file}", self._upload)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.base = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.drop()
        assert self._runner
        await self._runner.cleanup()

    @property
    def api(self) -> str:
        return f"{self.base}/api"

    # --- what happens on Slack ---

    async def connected(self) -> None:
        await until(lambda: any(not one.closed for one in self._sockets))

    async def says(self, text: str, *, by: str = READER, channel: str = CHANNEL, **more: Any) -> str:
        """Somebody writes; the ts of their message."""
        event = self.message(text, by, channel) | more
        await self.event(event)
        return str(event["ts"])

    def message(self, text: str, by: str = READER, channel: str = CHANNEL) -> Json:
        return {
            "type": "message",
            "user": by,
            "channel": channel,
            "channel_type": "im" if channel == DM else "channel",
            "text": text,
            "ts": self._ts(),
            "team": TEAM,
        }

    async def event(self, event: Json, *, team: str = TEAM, envelope: str = "", **more: Any) -> str:
        """Send an event; the id of its envelope."""
        payload = {"type": "event_callback", "team_id": team, "event_id": f"Ev{next(self._ids)}", "event": event}
        return await self.envelope("events_api", payload | {"authorizations": []}, envelope, **more)

    async def command(self, command: str, text: str, *, by: str = READER, channel: str = CHANNEL) -> str:
        name = "directmessage" if channel == DM else "news"
        payload = {
            "command": command, "text": text, "user_id": by, "channel_id": channel, "channel_name": name,
            "team_id": TEAM, "trigger_id": f"trigger{next(self._ids)}", "response_url": f"{self.base}/respond",
            "api_app_id": "A1", "token": "t", "is_enterprise_install": "false",
        }  # fmt: skip
        return await self.envelope("slash_commands", payload)

    async def clicks(self, value: str, message: Json, *, by: str = READER, team: str = TEAM) -> str:
        payload = {
            "type": "block_actions", "user": {"id": by, "team_id": team}, "team": {"id": TEAM}, "api_app_id": "A1",
            "channel": {"id": CHANNEL, "name": "news"}, "message": message, "trigger_id": f"trigger{next(self._ids)}",
            "actions": [{"type": "button", "action_id": "command0", "value": value, "block_id": "b"}],
            "container": {}, "response_url": f"{self.base}/respond", "token": "t",
        }  # fmt: skip
        return await self.envelope("interactive", payload)

    async def envelope(self, kind: str, payload: Json, id_: str = "", **more: Any) -> str:
        id_ = id_ or f"envelope{next(self._ids)}"
        sent = {"type": kind, "envelope_id": id_, "payload": payload, "accepts_response_payload": False, **more}
        await self.send(sent)
        return id_

    async def send(self, payload: Json) -> None:
        for socket in [one for one in self._sockets if not one.closed][-1:]:
            await socket.send_str(json.dumps(payload))

    async def disconnects(self, reason: str) -> None:
        """Slack asks for a new connection, and gives the old one up a little later."""
        old = list(self._sockets)
        await self.send({"type": "disconnect", "reason": reason, "debug_info": {}})
        await asyncio.sleep(0.05)
        for socket in old:
            await socket.close()
            self._sockets.remove(socket)

    async def drop(self) -> None:
        """End every connection as a cut cable does."""
        for socket in self._sockets:
            if socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()
        self._sockets.clear()

    def answers(self, channel: str = CHANNEL) -> list[str]:
        return [one["text"] for one in self.messages if one["channel"] == channel]

    async def until(self, count: int, channel: str = CHANNEL) -> list[str]:
        """What the bot has posted there, once it is so many messages."""
        await until(lambda: len(self.answers(channel)) >= count)
        return self.answers(channel)

    # --- Socket Mode ---

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        if self.away:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self._sockets.append(socket)
        await socket.send_str(json.dumps({"type": "hello", "num_connections": len(self._sockets)}))
        async for frame in socket:
            match frame.type:
                case WSMsgType.PING if self.pongs:
                    await socket.pong(frame.data)
                case WSMsgType.TEXT:
                    self.acknowledged.append(json.loads(frame.data)["envelope_id"])
        return socket

    # --- the Web API ---

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls.append(method)
        sent: Json = dict(request.query)
        if request.content_type == "application/json":
            sent |= await request.json()
        else:
            sent |= dict(await request.post())
        if self.away:
            return web.Response(status=503, text="<html>", content_type="text/html")
        known = self.app_token if method == "apps.connections.open" else self.token
        if request.headers.get("Authorization") != f"Bearer {known}":
            return _no("invalid_auth")
        if method in self.refuses:
            return _no(self.refuses[method])
        answer = getattr(self, "_" + method.replace(".", "_").lower())
        response: web.Response = await answer(request, sent)
        return response

    async def _auth_test(self, _: web.Request, __: Json) -> web.Response:
        headers = {"x-oauth-scopes": self.scopes} if self.scopes else {}
        return _yes({"user_id": ME, "bot_id": MY_BOT, "team_id": TEAM, "team": "Readers", "url": "u"}, headers)

    async def _apps_connections_open(self, _: web.Request, __: Json) -> web.Response:
        self.opened += 1
        return _yes({"url": f"{self.base.replace('http', 'ws')}/socket?ticket={self.opened}"})

    async def _users_info(self, _: web.Request, sent: Json) -> web.Response:
        user = sent["user"]
        about = {"is_admin": user == ADMIN, "is_owner": False, "is_restricted": user == GUEST}
        return _yes({"user": {"id": user, "is_bot": user in {ME, OTHER_BOT}, **about}})

    async def _conversations_members(self, _: web.Request, sent: Json) -> web.Response:
        page = self.members[: int(sent["limit"])]
        following = "more" if len(self.members) > len(page) else ""
        return _yes({"members": page, "response_metadata": {"next_cursor": following}})

    async def _conversations_info(self, _: web.Request, sent: Json) -> web.Response:
        id_ = sent["channel"]
        if id_ not in {CHANNEL, ELSEWHERE, ARCHIVED, DM}:
            return _no("channel_not_found")
        about = {
            "id": id_,
            "is_member": id_ == CHANNEL and not self.kicked,
            "is_im": id_ == DM,
            "is_archived": id_ == ARCHIVED,
        }
        return _yes({"channel": about})

    async def _conversations_history(self, _: web.Request, sent: Json) -> web.Response:
        return self._page([one for one in self.messages[::-1] if not one.get("thread_ts")], sent)

    async def _conversations_replies(self, _: web.Request, sent: Json) -> web.Response:
        return self._page([one for one in self.messages if sent["ts"] in {one["ts"], one.get("thread_ts")}], sent)

    def _page(self, found: list[Json], sent: Json) -> web.Response:
        told = [one for one in found if one["channel"] == sent["channel"] and one["visible"] <= time.monotonic()]
        start = int(sent.get("cursor") or 0)
        page = told[start : start + self.page]
        if sent.get("include_all_metadata") not in {"1", "true", True}:
            page = [{k: v for k, v in one.items() if k != "metadata"} for one in page]
        following = str(start + self.page) if told[start + self.page :] else ""
        return _yes({"messages": page, "response_metadata": {"next_cursor": following}})

    async def _chat_postephemeral(self, _: web.Request, sent: Json) -> web.Response:
        self.whispers.append(sent)
        return _yes({"message_ts": self._ts()})

    async def _views_publish(self, _: web.Request, sent: Json) -> web.Response:
        self.views.append(sent)
        return _yes({"view": {}})

    async def _chat_postmessage(self, request: web.Request, sent: Json) -> web.Response:
        fault = self.faults.pop(0) if self.faults else None
        if fault and not fault.after:
            return await self._fail(request, fault)
        refusals = {ELSEWHERE: "not_in_channel", ARCHIVED: "is_archived", CHANNEL: "not_in_channel" * self.kicked}
        if error := _malformed(sent) or refusals.get(sent["channel"], ""):
            return _no(error)
        ts = self._ts()
        self.messages.append(sent | {"ts": ts, "visible": time.monotonic() + self.settles})
        if fault:
            return await self._fail(request, fault)
        return _yes({"ts": ts, "channel": sent["channel"]})

    async def _chat_update(self, _: web.Request, sent: Json) -> web.Response:
        for message in self.messages:
            if (message["channel"], message["ts"]) == (sent["channel"], sent["ts"]):
                if error := _malformed(sent) or self._unshown(sent.get("blocks", [])):
                    return _no(error)
                message.update(sent)
                return _yes({"ts": sent["ts"], "channel": sent["channel"], "text": sent["text"]})
        return _no("message_not_found")

    def _unshown(self, blocks: list[Json]) -> str:
        """Why an image cannot be shown: docs.slack.dev, "Image block" and "Slack file object"."""
        for image in [block for block in blocks if block["type"] == "image"]:
            file = self.files.get(image.get("slack_file", {}).get("id", ""), {})
            if file.get("complete"):
                file["busy"] -= 1
            if not file.get("complete") or file["busy"] >= 0 or not 1 <= len(image.get("alt_text", "")) <= 2000:
                return "invalid_blocks"
        return ""

    async def _files_getuploadurlexternal(self, _: web.Request, sent: Json) -> web.Response:
        if not sent.get("filename") or not str(sent.get("length", "")).isdecimal():
            return _no("invalid_arguments")
        id_ = f"F{next(self._ids)}"
        self.files[id_] = {"length": int(sent["length"]), "alt": sent.get("alt_txt", ""), "busy": self.busy}
        return _yes({"upload_url": f"{self.base}/upload/{id_}", "file_id": id_})

    async def _upload(self, request: web.Request) -> web.Response:
        file = self.files[request.match_info["file"]]
        file["png"] = await request.read()
        if not self.takes_files or len(file["png"]) != file["length"]:
            raise web.HTTPInternalServerError
        return web.Response(text=f"OK - {file['length']}")

    async def _files_completeuploadexternal(self, _: web.Request, sent: Json) -> web.Response:
        files = json.loads(sent["files"])  # a form: the list is JSON in a string
        if not files or any("png" not in self.files.get(one["id"], {}) for one in files):
            return _no("file_not_found")
        for one in files:
            self.files[one["id"]]["complete"] = True
        return _yes({"files": files})

    async def _fail(self, request: web.Request, fault: Fault) -> web.Response:
        await asyncio.sleep(fault.slow)
        if fault.error:
            return _no(fault.error)
        if fault.status == 429:
            body = json.dumps({"ok": False, "error": "ratelimited"})
            headers = {"Retry-After": f"{fault.retry_after:g}"}
            return web.Response(text=body, status=429, headers=headers, content_type="application/json")
        if fault.status == 200:
            return web.Response(text='{"ok": tr', content_type="application/json")
        if fault.status:
            return web.Response(status=fault.status, text="<html>oops</html>", content_type="text/html")
        assert request.transport
        request.transport.abort()
        return web.Response()

    async def _respond(self, request: web.Request) -> web.Response:
        self.whispers.append(await request.json())
        return web.Response(text="ok")

    def _ts(self) -> str:
        return f"1772443800.{next(self._ids):06d}"


def _yes(data: Json, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"ok": True, **data}, headers=headers)


def _no(error: str) -> web.Response:
    return web.json_response({"ok": False, "error": error})


def _malformed(sent: Json) -> str:
    """Why Slack would refuse this message."""
    blocks = sent.get("blocks", [])
    if not sent.get("text") and not blocks:
        return "no_text"
    if len(sent.get("text", "")) > 40_000:
        return "msg_too_long"
    if len(blocks) > 50:
        return "invalid_blocks"
    if len(json.dumps(blocks, ensure_ascii=False)) > 13_200:
        return "msg_blocks_too_long"
    return ""

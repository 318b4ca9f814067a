"""A Discord to test against: gateway and HTTP interface over loopback, failing on demand.

It refuses what Discord refuses, keeps what it was sent, and knows nothing of the bot. `faults` are met by the next
posts, first in first out; `closes` by the next logins.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import WSMsgType, web

from tests.servers import until

Json = dict[str, Any]

ME = "100000000000000001"
OWNER, READER, MANAGER = "200000000000000001", "200000000000000002", "200000000000000003"
GUILD, CHANNEL, THREAD, FORUM, DM = (f"30000000000000000{i}" for i in range(1, 6))
POST = "300000000000000006"  # in the forum
MANAGERS = "400000000000000001"  # a role
TOKEN = "MARKED.discord.token"

VIEW, SEND, FILES, HISTORY = 1 << 10, 1 << 11, 1 << 15, 1 << 16
IN_THREADS, MANAGE = 1 << 38, 1 << 5
ALL = VIEW | SEND | FILES | HISTORY | IN_THREADS
CONTENT_INTENT = 1 << 15
CONTENT_FLAG = 1 << 19  # GATEWAY_MESSAGE_CONTENT_LIMITED


@dataclass
class Fault:
    """What goes wrong with one post: before it is stored, or `after`."""

    status: int = 0  # 0: the connection is dropped
    code: int = 0
    after: bool = False
    slow: float = 0.0
    retry_after: float = 0.0
    everywhere: bool = False
    via: bool = True


@dataclass
class Server:
    """Its state is open to the test."""

    faults: list[Fault] = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
    messages: list[Json] = field(default_factory=list)
    commands: list[Json] = field(default_factory=list)
    synced: int = 0
    callbacks: list[Json] = field(default_factory=list)
    typed: int = 0
    identifies: int = 0
    resumes: int = 0
    used: int = 0  # logins before
    shards: int = 1  # that it asks for
    logged_in: list[tuple[int, int]] = field(default_factory=list)  # the shard of each login
    intents: int = 0
    flags: int = CONTENT_FLAG
    token: str = TOKEN
    permissions: int = ALL
    timed_out: str | None = None
    readable: bool = True
    threads: bool = True  # may be opened
    threads_of: dict[str, str] = field(default_factory=dict)  # message -> name
    acknowledges: bool = True
    remembers: bool = True  # the nonces
    shows_nonces: bool = True  # in history
    beat: int = 41_250  # milliseconds, as Discord's; a heartbeat comes at once, too
    away: bool = False  # logging in is answered with 503
    resumable: bool = True
    gateway_away: bool = False  # it answers 503
    resume_away: bool = False  # the address for resuming answers 503
    base: str = ""
    gone: set[str] = field(default_factory=set)
    bots: dict[str, int] = field(default_factory=dict)  # other bots, and what they may do
    presence: Json = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)  # roles that do not see the channel
    shut: bool = False  # people take no direct messages

    _nonces: dict[tuple[str, str], Json] = field(default_factory=dict)
    _sockets: list[web.WebSocketResponse] = field(default_factory=list)
    _homes: dict[web.WebSocketResponse, tuple[int, int]] = field(default_factory=dict)
    _replay: list[Json] = field(default_factory=list)
    _seq: int = 0
    _ids: Any = field(default_factory=lambda: itertools.count(500000000000000001))
    _runner: web.AppRunner | None = None
    _connected: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/gateway/", self._gateway)
        app.router.add_get("/resume/", self._gateway)
        app.router.add_get("/users/@me", self._me)
        app.router.add_post("/users/@me/channels", self._private)
        app.router.add_get("/oauth2/applications/@me", self._application)
        app.router.add_get("/gateway/bot", self._limits)
        app.router.add_get("/applications/{app}/commands", self._get_commands)
        app.router.add_put("/applications/{app}/commands", self._put_commands)
        app.router.add_get("/channels/{channel}", self._channel)
        app.router.add_get("/channels/{channel}/messages", self._history)
        app.router.add_post("/channels/{channel}/messages", self._post)
        app.router.add_post("/channels/{channel}/messages/{message}/threads", self._open_thread)
        app.router.add_post("/channels/{channel}/typing", self._typing)
        app.router.add_get("/guilds/{guild}", self._guild)
        app.router.add_get("/guilds/{guild}/members/{member}", self._member)
        app.router.add_post("/interactions/{id}/{token}/callback", self._callback)
        app.router.add_patch("/webhooks/{app}/{token}/messages/@original", self._original)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.drop()
        assert self._runner
        await self._runner.cleanup()

    @property
    def gateway_url(self) -> str:
        return self.base.replace("http", "ws") + "/gateway/"

    # --- what happens on Discord ---

    async def connected(self) -> None:
        """Until the bot has logged in or resumed."""
        await asyncio.wait_for(self._connected.wait(), 10)

    async def says(self, text: str, *, by: str = READER, channel: str = CHANNEL, **more: Any) -> str:
        """Somebody writes; the id of their message. `more` of it is as Discord would send it."""
        message = self._message(channel, text, by) | more
        await self.dispatch("MESSAGE_CREATE", message)
        return str(message["id"])

    async def interacts(self, kind: int, data: Json, *, user: str = READER, channel: str = CHANNEL, **more: Any) -> str:
        """Somebody uses a slash command (2), a button (3), or types in its option (4)."""
        id_ = str(next(self._ids))
        granted = ALL | (MANAGE if user in {OWNER, MANAGER} else 0)
        person = (
            {"user": _user(user)}
            if channel == DM
            else {
                "guild_id": GUILD,
                "member": self._person(user) | {"permissions": str(granted)},
            }
        )
        payload = {
            "id": id_,
            "application_id": ME,
            "type": kind,
            "data": data,
            "token": f"token-{id_}",
            "version": 1,
            "channel": self._channels()[channel],
            "channel_id": channel,
            "attachment_size_limit": 1,
            "locale": "en-US",
            "entitlements": [],
            **person,
            **more,
        }
        await self.dispatch("INTERACTION_CREATE", payload)
        return id_

    async def dispatch(self, event: str, data: Any) -> None:
        """Send an event to the shard that it concerns, and keep it for who resumes."""
        about = data if isinstance(data, dict) else {}
        guild = str(about.get("guild_id") or (about.get("id") if event.startswith("GUILD_") else ""))
        self._seq += 1
        payload = {"op": 0, "t": event, "s": self._seq, "d": data}
        self._replay.append(payload)
        for socket in [one for one in self._sockets if not one.closed]:
            shard, count = self._homes[socket]
            home = (int(guild) >> 22) % count if guild.isdecimal() else 0  # "Gateway", "Sharding Formula"
            if shard == home:
                await socket.send_str(json.dumps(payload))

    async def send(self, payload: Json) -> None:
        for socket in [one for one in self._sockets if not one.closed]:
            await socket.send_str(json.dumps(payload))

    async def drop(self, code: int = 0) -> None:
        """End every connection: with a close code, or as a cut cable does."""
        self._connected.clear()
        for socket in self._sockets:
            if code:
                await socket.close(code=code)
            elif socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()
        self._sockets.clear()

    def answers(self, channel: str = CHANNEL) -> list[str]:
        return [one["content"] for one in self.messages if one["channel_id"] == channel]

    async def until(self, count: int, channel: str = CHANNEL) -> list[str]:
        """What the bot has posted there, once it is so many messages."""
        await until(lambda: len(self.answers(channel)) >= count)
        return self.answers(channel)

    # --- the gateway ---

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        if self.gateway_away or (request.path == "/resume/" and self.resume_away):
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"op": 10, "d": {"heartbeat_interval": self.beat}}))
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            payload = json.loads(frame.data)
            match payload["op"]:
                case 1 if self.acknowledges:
                    await socket.send_str('{"op": 11}')
                case 2:
                    await self._identify(socket, payload["d"])
                case 6:
                    await self._resume(socket, payload["d"]["seq"])
        return socket

    async def _identify(self, socket: web.WebSocketResponse, data: Json) -> None:
        self.identifies += 1
        self.intents = data["intents"]
        self.presence = data.get("presence") or {}
        if data["token"] != self.token:
            await socket.close(code=4004)
            return
        if data["intents"] & CONTENT_INTENT and not self.flags & CONTENT_FLAG:
            await socket.close(code=4014)
            return
        if self.closes:
            await socket.close(code=self.closes.pop(0))
            return
        shard, count = self._homes[socket] = tuple(data.get("shard", (0, 1)))
        self.logged_in.append((shard, count))
        if count < self.shards:
            await socket.close(code=4010)
            return
        if not shard:
            self._seq, self._replay = 0, []
        self._sockets.append(socket)
        guild = {"id": GUILD, "unavailable": True}
        ready = {
            "v": 10,
            "user": _user(ME),
            "guilds": [guild] if (int(GUILD) >> 22) % count == shard else [],
            "session_id": "s",
            "resume_gateway_url": self.gateway_url.replace("gateway", "resume"),
            "application": {"id": ME, "flags": self.flags},
            "shard": [shard, count],
        }
        self._seq += 1
        await socket.send_str(json.dumps({"op": 0, "t": "READY", "s": self._seq, "d": ready}))
        if ready["guilds"]:
            await self.dispatch("GUILD_CREATE", self.guild())
        self._connected.set()

    async def _resume(self, socket: web.WebSocketResponse, seq: int | None) -> None:
        self.resumes += 1
        if not self.resumable or seq is None:
            await socket.send_str('{"op": 9, "d": false}')
            return
        self._homes[socket] = (0, 1)
        self._sockets.append(socket)
        for payload in [one for one in self._replay if one["s"] > seq]:
            await socket.send_str(json.dumps(payload))
        await self.dispatch("RESUMED", {})
        self._connected.set()

    # --- the HTTP interface ---

    async def _me(self, request: web.Request) -> web.Response:
        if self.away:
            return _refusal(503, 0)
        if request.headers.get("Authorization") != f"Bot {self.token}":
            return _json({"message": "401: Unauthorized", "code": 0}, 401)
        return _json(_user(ME))

    async def _private(self, request: web.Request) -> web.Response:
        body = await request.json()
        return _json(self._channels()[DM] | {"recipients": [_user(body["recipient_id"])]})

    async def _application(self, _: web.Request) -> web.Response:
        return _json({
            "id": ME, "name": "Dateline", "description": "", "icon": None, "bot_public": True,
            "bot_require_code_grant": False, "verify_key": "", "flags": self.flags, "owner": _user(OWNER), "team": None,
            "rpc_origins": [], "hook": True, "summary": "",
        })  # fmt: skip

    async def _limits(self, _: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 1000 - self.used, "reset_after": 3_600_000, "max_concurrency": 1}
        return _json({"url": self.gateway_url, "shards": self.shards, "session_start_limit": limit})

    async def _get_commands(self, _: web.Request) -> web.Response:
        return _json(self.commands)

    async def _put_commands(self, request: web.Request) -> web.Response:
        self.synced += 1
        self.commands = [one | {"id": str(next(self._ids)), "version": "1"} for one in await request.json()]
        return _json(self.commands)

    async def _channel(self, request: web.Request) -> web.Response:
        found = self._channels().get(request.match_info["channel"])
        if not found or found["id"] in self.gone:
            return _refusal(404, 10003)
        return _json(found) if self.permissions & VIEW else _refusal(403, 50001)

    async def _guild(self, _: web.Request) -> web.Response:
        return _json(self.guild())

    async def _member(self, request: web.Request) -> web.Response:
        return _json(self._person(request.match_info["member"]))

    async def _typing(self, _: web.Request) -> web.Response:
        self.typed += 1
        return web.Response(status=204)

    async def _history(self, request: web.Request) -> web.Response:
        if not self.readable:
            return _refusal(403, 50013)
        mine = [one for one in self.messages if one["channel_id"] == request.match_info["channel"]]
        hidden = set() if self.shows_nonces else {"nonce"}
        return _json([{k: v for k, v in one.items() if k not in hidden} for one in mine[::-1][:100]])

    async def _post(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bot {self.token}":
            return _refusal(401, 0)
        channel = request.match_info["channel"]
        body = await self._body(request)
        fault = self.faults.pop(0) if self.faults else None
        if fault and not fault.after:
            return await self._fail(request, fault)
        if refused := self._refused(channel):
            return refused
        if body.get("png") and not self.permissions & FILES and channel != DM:
            return _refusal(403, 50013)
        if fault_of := _malformed(body):
            return _refusal(400, 50035, fault_of)
        nonce = (channel, body["nonce"])
        if not (body.get("enforce_nonce") and self.remembers and nonce in self._nonces):
            self._nonces[nonce] = self._message(channel, body["content"], ME) | body
            self.messages.append(self._nonces[nonce])
        if fault:
            return await self._fail(request, fault)
        return _json(self._nonces[nonce])

    def _refused(self, channel: str) -> web.Response | None:
        """Why nothing may be posted there."""
        if channel not in {*self._channels(), *self.threads_of} or channel in self.gone:
            return _refusal(404, 10003)
        if channel == DM:
            return _refusal(403, 50007) if self.shut else None
        if not self.permissions & VIEW:
            return _refusal(403, 50001)
        return None if self.permissions & SEND else _refusal(403, 50013)

    async def _open_thread(self, request: web.Request) -> web.Response:
        message = request.match_info["message"]
        if not self.threads or request.match_info["channel"] == DM:
            return _refusal(403, 50013)
        if message in self.threads_of:
            return _refusal(400, 160004)
        self.threads_of[message] = (await request.json())["name"]
        return _json({"id": message})

    async def _callback(self, request: web.Request) -> web.Response:
        body = await request.json()
        if request.match_info["id"] in {one["id"] for one in self.callbacks}:
            return _refusal(400, 40060)
        self.callbacks.append(body | {"id": request.match_info["id"]})
        if body["type"] == 5:
            message = self._message(CHANNEL, "", ME) | {
                "flags": 128,
                "interaction_metadata": {"id": request.match_info["id"]},
            }
            self.messages.append(message | {"token": request.match_info["token"]})
        return _json({"interaction": {"id": request.match_info["id"], "type": 2}, "resource": {"type": body["type"]}})

    async def _original(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        found = [one for one in self.messages if one.get("token") == request.match_info["token"]]
        fault = self.faults.pop(0) if self.faults else None
        if not found:
            return _refusal(404, 10008)
        if fault and not fault.after:
            return await self._fail(request, fault)
        if body.get("png") and not self.permissions & FILES:
            return _refusal(403, 50013)
        found[0].update(body, flags=body.get("flags", 0))
        return await self._fail(request, fault) if fault else _json(found[0])

    async def _fail(self, request: web.Request, fault: Fault) -> web.Response:
        await asyncio.sleep(fault.slow)
        if not fault.status:
            assert request.transport
            request.transport.abort()
            return web.Response()
        if fault.status == 429:
            headers = {"Retry-After": str(fault.retry_after or 1)}
            if fault.via:
                headers |= {"Via": "1.1 google", "X-RateLimit-Bucket": "b", "X-RateLimit-Remaining": "0"}
            body = {"message": "slow", "retry_after": fault.retry_after, "global": fault.everywhere}
            return _json(body, 429, headers)
        return _refusal(fault.status, fault.code)

    async def _body(self, request: web.Request) -> Json:
        if not request.content_type.startswith("multipart"):
            return dict(await request.json())
        form = await request.post()
        picture: Any = form["files[0]"]
        return dict(json.loads(str(form["payload_json"]))) | {"png": picture.file.read()}

    # --- what there is ---

    def guild(self) -> Json:
        roles: list[Json] = [
            {"id": GUILD, "name": "@everyone", "permissions": str(self.permissions)},
            {"id": MANAGERS, "name": "managers", "permissions": str(MANAGE)},
            {"id": f"{ME}1", "name": "Dateline", "permissions": str(self.permissions), "tags": {"bot_id": ME}},
        ]
        roles += [
            {"id": f"{bot}1", "name": "a bot", "permissions": str(granted), "managed": True, "tags": {"bot_id": bot}}
            for bot, granted in self.bots.items()
        ]
        more = {
            "position": 0,
            "color": 0,
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "flags": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        }
        return {
            "id": GUILD, "name": "Readers", "owner_id": OWNER, "unavailable": False, "member_count": 3, "emojis": [],
            "features": [], "stickers": [], "roles": [more | role for role in roles], "large": False,
            "members": [self._person(ME)], "presences": [], "voice_states": [], "stage_instances": [],
            "channels": [self._channels()[CHANNEL], self._channels()[FORUM]], "threads": [self._channels()[THREAD], self._channels()[POST]],
            "guild_scheduled_events": [], "soundboard_sounds": [], "system_channel_id": CHANNEL, "icon": None,
            "splash": None, "banner": None, "description": None, "verification_level": 0, "nsfw_level": 0,
            "mfa_level": 0, "explicit_content_filter": 0, "default_message_notifications": 0, "premium_tier": 0,
            "afk_timeout": 60, "preferred_locale": "en-US", "system_channel_flags": 0, "discovery_splash": None,
        }  # fmt: skip

    def _channels(self) -> dict[str, Json]:
        common = {"guild_id": GUILD, "position": 0, "permission_overwrites": [], "nsfw": False, "parent_id": None}
        channels = [
            {
                "id": CHANNEL, "type": 0, "name": "news", "topic": None, "last_message_id": None, **common,
                "permission_overwrites": [
                    {"id": role, "type": 0, "allow": "0", "deny": str(VIEW)} for role in self.hidden
                ],
            },
            {"id": FORUM, "type": 15, "name": "forum", "topic": None, "available_tags": [], "flags": 0, **common},
            {
                "id": THREAD, "type": 11, "name": "a thread", "guild_id": GUILD, "parent_id": CHANNEL, "owner_id": ME,
                "message_count": 0, "member_count": 1, "flags": 0, "last_message_id": None,
                "thread_metadata": {"archived": False, "auto_archive_duration": 60, "locked": False,
                                    "archive_timestamp": "2026-01-01T00:00:00+00:00"},
            },
            {
                "id": POST, "type": 11, "name": "a post", "guild_id": GUILD, "parent_id": FORUM, "owner_id": READER,
                "message_count": 1, "member_count": 1, "flags": 0, "last_message_id": None,
                "thread_metadata": {"archived": False, "auto_archive_duration": 60, "locked": False,
                                    "archive_timestamp": "2026-01-01T00:00:00+00:00"},
            },
            {"id": DM, "type": 1, "recipients": [_user(READER)], "last_message_id": None},
        ]  # fmt: skip
        return {str(channel["id"]): channel for channel in channels}

    def _person(self, id_: str) -> Json:
        return {
            "user": _user(id_), "roles": [MANAGERS] if id_ == MANAGER else [], "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False, "mute": False, "flags": 0, "nick": None, "avatar": None, "premium_since": None,
            "communication_disabled_until": self.timed_out if id_ == ME else None,
        }  # fmt: skip

    def _message(self, channel: str, content: str, author: str) -> Json:
        where = (
            {}
            if channel == DM
            else {"guild_id": GUILD, "member": {k: v for k, v in self._person(author).items() if k != "user"}}
        )
        return {
            "id": str(next(self._ids)), "channel_id": channel, "content": content, "author": _user(author), "type": 0,
            "timestamp": "2026-03-02T09:30:00+00:00", "edited_timestamp": None, "tts": False, "mention_everyone": False,
            "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": False, "components": [],
            **where,
        }  # fmt: skip


def _user(id_: str) -> Json:
    return {
        "id": id_, "username": f"user{id_[-1]}", "discriminator": "0", "avatar": None, "bot": id_ == ME,
        "global_name": None, "flags": 0, "public_flags": 0,
    }  # fmt: skip


def _json(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Content-Type without a charset, as Discord sends it: with one, discord.py takes the body for text."""
    return web.Response(
        body=json.dumps(data, default=str).encode(),
        status=status,
        headers={"Content-Type": "application/json", **(headers or {})},
    )


def _refusal(status: int, code: int, why: str = "") -> web.Response:
    return _json({"message": why or f"refused with {code}", "code": code}, status)


def _malformed(body: Json) -> str:
    """Why Discord would answer 50035."""
    embeds = body.get("embeds", [])
    lengths = [len(str(embed)) for embed in embeds]
    ids = [button["custom_id"] for row in body.get("components", []) for button in row["components"]]
    if len(body.get("content", "")) > 2000:
        return "content: Must be 2000 or fewer in length."
    if sum(lengths) > 6000 or any(len(embed.get("fields", [])) > 25 for embed in embeds):
        return "embeds: Must be 6000 or fewer in length, with 25 fields at most."
    if len(set(ids)) < len(ids) or any(not 1 <= len(id_) <= 100 for id_ in ids):
        return "components: custom_id cannot be duplicated and must be 1 to 100 in length."
    if len(body.get("nonce", "")) > 25:
        return "nonce: Must be 25 or fewer in length."
    if not (body.get("content", "").strip() or embeds or body.get("png") or ids):
        return "Cannot send an empty message"
    return ""

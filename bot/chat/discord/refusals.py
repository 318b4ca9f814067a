"""What Discord's refusals mean: to the outbox, to those who read `!status`, and to what was being posted."""

from __future__ import annotations

import discord

from bot.errors import ChatError, RateLimited, Unreachable

REFUSAL = "Discord refuses DISCORD_TOKEN: copy the token again from the application's Bot page."

# discord.com/developers/docs/topics/opcodes-and-status-codes, "JSON Error Codes"
UNSEEN = "the bot cannot see the channel: it lacks View Channel there, or was removed from the server"
NO_PERMISSION, _TOO_LARGE = 50013, 40005
_GONE = {
    10003: "the channel is gone",
    10004: "the server is gone, or the bot was removed from it",
    50001: UNSEEN,
    50007: "this person takes no direct messages from the bot",
    50008: "this kind of channel takes no messages",
    NO_PERMISSION: "the bot may not write there; it needs Send Messages",
    160005: "the thread is locked",
}
_FOR_NOW = {
    50083: "the thread is archived",
    200000: "the server's AutoMod blocked the message",
    200001: "the server's AutoMod blocked the title",
}


def ours(error: discord.HTTPException) -> ChatError:
    """A refusal as the outbox understands it, in words for those who read `!status`."""
    if error.status == 429:  # without a Via header: stopped at the edge, no retry_after in JSON
        return RateLimited(float(error.response.headers.get("Retry-After") or 60))
    if error.status == 401:
        return Unreachable(REFUSAL, for_good=False)
    if error.code in _GONE:
        return Unreachable(_GONE[error.code], for_good=True)
    if error.code in _FOR_NOW:
        return Unreachable(_FOR_NOW[error.code], for_good=False)
    if error.status >= 500:
        return Unreachable(f"Discord is in trouble (HTTP {error.status})", for_good=False)
    return Unreachable(f"Discord refuses the message ({error.status}, code {error.code})", for_good=False)


def is_doubtful(cause: BaseException | None) -> bool:
    """Whether the message may have been posted all the same."""
    return not isinstance(cause, discord.HTTPException) or cause.status >= 500


def is_of_picture(cause: BaseException | None) -> bool:
    """Whether what was refused may be the picture alone; nothing was posted then."""
    return isinstance(cause, discord.HTTPException) and (
        cause.status == 413 or cause.code in {NO_PERMISSION, _TOO_LARGE}
    )

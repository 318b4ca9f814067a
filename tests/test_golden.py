"""Every answer over the shipped articles, as a reader sees it: `golden/conversation.txt`.

Read that file aloud before freezing it anew with `python -m tests.test_golden`.
"""

from __future__ import annotations

from pathlib import Path

from bot import commands
from bot.chat.terminal import HERE, render
from bot.ports import Answer, Request, channel_of
from bot.store import open_store
from tests.make import NOW, seeded

GOLDEN = Path(__file__).parent / "golden" / "conversation.txt"
TYPED = """\
!digest now
!summit
!source
!source 2
!more
!summit sanctions
!summit sanktions
!summit Trump Putin
!timeline
!source 5
!source 6
!timeline since 2019 until February 10, 2019
!source trust between Kim and Trump
!source “a very good chance that we will make a deal”
!source The 1st US-North Korea summit took place in Singapore on June 13, 2018
!source The two sides signed a trade deal
!topics
!digest daily 08:00 Asia/Seoul about sanctions
!digest weekdays 18:30
!digest list
!digest change 1 every monday 09:00
!digest stop 2
!digest every full moon
!digest preview 1
!status
!help
!help source
!sumit
what about sanctions?
""".splitlines()


def conversation() -> str:
    store = seeded(open_store(":memory:"))
    said = []
    for typed in TYPED:
        reply = commands.answer(Request(typed, HERE, typed, trusted=True), store, NOW)
        if reply.citations:
            store.remember(Answer(channel_of(HERE), reply.command, reply.citations), NOW)
        said.append(f"> {typed}\n\n{render(reply.message).strip()}\n")
    store.close()
    return "\n".join(said)


def test_the_conversation_reads_as_it_was_frozen():
    assert conversation() == GOLDEN.read_text(encoding="utf-8")


if __name__ == "__main__":
    GOLDEN.write_text(conversation(), encoding="utf-8")

"""Every limit of the platforms, each with where it is written; nothing else in the house knows a number of theirs.

Lengths are UTF-16 code units, the stricter of the two ways in which platforms count: what fits in these fits in
code points too.
"""

from __future__ import annotations

# --- Discord: discord.com/developers/docs ------------------------------------------------------------------

DISCORD_CONTENT = 2000  # of a message; "Create Message"
DISCORD_THREAD = 100  # name of a thread; "Start Thread from Message"
DISCORD_ROWS = 5  # action rows in a message; "Component Reference"
DISCORD_BUTTONS = 5  # in an action row; "Component Reference", "Action Row"
DISCORD_LABEL = 80  # of a button; "Component Reference", "Button"
DISCORD_CUSTOM_ID = 100  # of a component; "Component Reference"
DISCORD_ALT = 1024  # description of an attachment; "Message Object", "Attachment Structure"
DISCORD_NONCE = 25  # "Create Message"
DISCORD_COMMAND = 32  # name of a slash command; "Application Command Object"
DISCORD_DESCRIPTION = 100  # of a slash command and of its options; the same page
DISCORD_CHOICES = 25  # suggestions of an autocompletion; "Interaction Callback Data Structure"
DISCORD_CHOICE = 100  # of one suggestion; "Application Command Option Choice"
DISCORD_DEFER = 3.0  # seconds to acknowledge an interaction; "Receiving and Responding to Interactions"
DISCORD_INTERACTION = 900.0  # seconds that its token lives; the same page
DISCORD_NONCE_WINDOW = 60.0  # seconds; documented only as "the past few minutes", so trusted for one
DISCORD_PACE = 1 / 45  # seconds between requests; fifty a second are allowed, "Rate Limits", "Global Rate Limit"
DISCORD_HISTORY = 100  # messages of one page; "Get Channel Messages"
DISCORD_IDENTIFIES = 200  # logins a day at which we stop; at 1000 the token is reset, "Gateway", "Session Start Limit"

# --- Slack: docs.slack.dev/reference -----------------------------------------------------------------------

SLACK_TEXT = 4000  # of a message, recommended (40 000 is cut); "chat.postMessage", "Truncating content"
SLACK_MESSAGE = 10_000  # of all blocks; msg_blocks_too_long was met near 13 200
SLACK_BLOCKS = 50  # in a message; "Blocks"
SLACK_SECTION = 3000  # text of one block; "Section block"
SLACK_HEADER = 150  # "Header block"
SLACK_BUTTONS = 25  # elements of an actions block; "Actions block"
SLACK_LABEL = 75  # text of a button; "Button element"
SLACK_VALUE = 2000  # value of a button; the same page
SLACK_ALT = 2000  # alt_text of a picture; "Image block"
SLACK_PICTURE = 20.0  # seconds for all it takes to attach one; ours: with the words before it still below a lease
SLACK_RATE = 1.0  # seconds between messages in one channel; "Rate limits", "Posting messages"
SLACK_PACE = 0.15  # between messages in one workspace: "several hundred" a minute are allowed; the same page
SLACK_SETTLE = 35.0  # seconds until a doubtful message is surely in the history, or never will be; measured
SLACK_LOOK_UP = 200  # messages of one page of history; "conversations.history", recommended at most

# --- both --------------------------------------------------------------------------------------------------

WHOLE = 2000  # of a message with sections that is shown at once; ours: two screens of a phone
ROOT = 1200  # of the first message of a longer one, whose other sections follow in its thread; ours: one screen
ADDRESS = 1000  # of a link; a longer one is shown as its label alone, for it would leave no room for words
MARKS = 8  # combining marks on one letter; real scripts stay below, and more would climb over other lines
SEND = 20.0  # seconds for one request; aiohttp's 300 outlive every window above


def units(text: str) -> int:
    """Length of `text` in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

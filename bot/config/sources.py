"""Where settings come from: the environment, a `.env` file, and the files that secrets are kept in."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bot.model import join

_STEMS = ("DATELINE", "DISCORD", "SLACK")
_PREFIXES = (*(f"{stem}_" for stem in _STEMS), "DATABASE_URL")  # of names that are ours alone
LARGEST = 1 << 20  # characters of a `.env` or a secret's file; /dev/zero named by mistake must not fill the memory


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as an operator sees it. `default` is written as a value would be; empty: off, or none."""

    name: str
    default: str
    meaning: str
    read: Callable[[str], object]
    secret: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which it may be given: a secret's own, and that of the file which holds it."""
        return (self.name, f"{self.name}_FILE") if self.secret else (self.name,)


class Fault(ValueError):
    """A whole sentence on what is wrong with a setting."""


def dotenv(path: Path) -> tuple[dict[str, str], list[str]]:
    """What the `.env` file sets, and its faults; a file that is not there sets nothing."""
    # its parser rather than `dotenv_values`, which only logs a line that it cannot read, and reads os.environ for ${…}
    from dotenv.parser import parse_stream

    values: dict[str, str] = {}
    faults: list[str] = []
    try:
        text = _contents(path)
    except FileNotFoundError:
        return {}, []
    except OSError as error:
        return {}, [f"{path} cannot be read ({error.strerror}): make it a file that this user may read, or remove it."]
    except UnicodeDecodeError:
        return {}, [f"{path} is not UTF-8: save it as such."]
    for statement in parse_stream(io.StringIO(text)):
        if statement.error or (statement.key is not None and statement.value is None):
            before = re.match(r"\s*", statement.original.string)
            line = statement.original.line + (before[0].count("\n") if before else 0)
            # the line may hold a secret: it is not shown
            faults.append(f"{path}, line {line}: write NAME=value, and close every quote that you open.")
        elif statement.key is not None:
            values[statement.key] = statement.value or ""
    return values, faults


def _contents(path: Path) -> str:
    with path.open(encoding="utf-8-sig") as stream:
        return stream.read(LARGEST)


def unknown(names: Iterable[str], settings: Sequence[Setting]) -> list[str]:
    """A fault for each name under our prefixes, or under a misspelt one, that is no setting."""
    known = [name for setting in settings for name in setting.names]
    faults = []
    for name in names:
        if name in known:
            continue
        stem, _, rest = name.upper().partition("_")
        misspelt = rest and get_close_matches(stem, _STEMS, n=1, cutoff=0.85)  # DISCROD_TOKEN; not STACK_NAME
        if misspelt or name.upper().startswith(_PREFIXES):
            near = get_close_matches(name.upper(), known, n=1)
            faults.append(
                f"{name} is no setting{f'. Did you mean {near[0]}?' if near else '; .env.example lists them.'}"
            )
    return faults


def given(setting: Setting, sources: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The names under which the first source that sets it does so, with their texts."""
    for source in sources:
        if found := {name: text for name in setting.names if (text := source.get(name, "").strip())}:
            return found
    return {}


def text(setting: Setting, found: Mapping[str, str]) -> str:
    """What is `given`, or stands in the file that is; empty if nothing is. Raises Fault."""
    if len(found) > 1:
        raise Fault(f"{join(setting.names)} are both set: keep one of them.")
    name, told = next(iter(found.items()), (setting.name, ""))
    if name != setting.name:
        told = _kept(name, Path(told))
    for place, sign in enumerate(told, start=1):
        if not sign.isprintable():
            raise Fault(f"{name} holds U+{ord(sign):04X}, which cannot be seen, at character {place}: write it anew.")
    return told


def _kept(name: str, path: Path) -> str:
    """The secret in the file at `path`, which is not shown: somebody may have set it to the secret itself."""
    try:
        kept = _contents(path).strip()
    except OSError as error:
        raise Fault(f"{name} names a file that cannot be read ({error.strerror}): name one that can.") from error
    except ValueError as error:
        raise Fault(f"{name} names a file that is not text in UTF-8: name one that is.") from error
    if not kept:
        raise Fault(f"{name} names an empty file: write the secret into it.")
    return kept


def placed(setting: Setting, text: str, environ: Mapping[str, str]) -> str:
    """`text`, or the default where that is empty; the data folder under the home and XDG_DATA_HOME of `environ`."""
    if setting.name != "DATELINE_DATA":
        return text or setting.default
    data = environ.get("XDG_DATA_HOME", "")
    if not text and data.startswith("/"):  # a relative one is to be ignored; XDG Base Directory 0.8
        return f"{data}/dateline"
    text = text or setting.default
    return f"{environ.get('HOME') or Path.home()}{text[1:]}" if text.startswith("~/") else text

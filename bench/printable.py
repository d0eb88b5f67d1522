"""Texts of others, made safe to show: what steers a terminal, a build server or a spreadsheet becomes visible."""

from __future__ import annotations

import re

# Control characters but for tab and line feed, marks that turn the direction of writing, characters without width or
# that end a line, selectors of variants and tags (in which whole texts can be hidden), half surrogate pairs.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0d\ufeff"
    "\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
    # The joiners are spelling in scripts whose letters join (Persian, Hindi), and one of them in emoji.
    "|(?<![\u0600-\u109f\u1780-\u18af\ua800-\uabff])\u200c"
    "|(?<![\u0600-\u109f\u1780-\u18af\ua800-\uabff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"
)
_COMMAND = re.compile(r"^([ \t]*)(?=::)|(?<=#)(?=#(?:\[|vso\[))", re.MULTILINE)


def printable(text: str) -> str:
    """Text that is safe to show: characters that steer or hide become visible signs, one for one.

    >>> printable("red \\x1b[31m, hidden \\u202e\\u200b")
    'red ␛[31m, hidden ��'
    """
    return _UNSAFE.sub(_sign, text)


def one_line(text: str) -> str:
    """``printable`` text on one line: line breaks and tabs become visible signs too.

    >>> one_line("a\\n::error::b")
    'a␊::error::b'
    """
    return printable(text).replace("\n", "␊").replace("\t", "␉")


def json_printable(text: str) -> str:
    r"""A JSON document that means the same, in which characters that steer, and ``##[``, are escaped.

    >>> json_printable('{"a": "b\u202e"}')
    '{"a": "b\\u202e"}'
    """
    return _UNSAFE.sub(_escape, text).replace("##[", r"#\u0023[").replace("##vso[", r"#\u0023vso[")


def no_commands(text: str) -> str:
    r"""Lines that a build server would take for commands (GitHub's ``::error``, Azure's ``##vso[``), broken.

    >>> no_commands("a\n ::error::b\n##vso[x]")
    'a\n \\::error::b\n#\\#vso[x]'
    """
    return _COMMAND.sub(lambda found: f"{found.group(1) or ''}\\", text)


def _escape(unsafe: re.Match[str]) -> str:
    # Beyond the first 65,536 characters JSON escapes the two halves of a pair.
    pair = unsafe.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pair[i]:02x}{pair[i + 1]:02x}" for i in range(0, len(pair), 2))


def _sign(unsafe: re.Match[str]) -> str:
    code = ord(unsafe.group())
    # Unicode has pictures of the first 32 control characters.
    return chr(0x2400 + code) if code < 32 else "\N{REPLACEMENT CHARACTER}"

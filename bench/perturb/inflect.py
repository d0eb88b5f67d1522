"""Forms of English verbs: the irregular ones by a list, the others by rule."""

from __future__ import annotations

import re

# Base, past, past participle. “Be” has two pasts and isn't here.
_IRREGULAR = {
    base: (past, participle)
    for base, past, participle in (
        line.split()
        for line in """
        arise arose arisen|awake awoke awoken|bear bore borne|beat beat beaten|become became become|begin began begun
        bend bent bent|bet bet bet|bid bid bid|bind bound bound|bite bit bitten|bleed bled bled|blow blew blown
        break broke broken|breed bred bred|bring brought brought|broadcast broadcast broadcast|build built built
        burst burst burst|buy bought bought|cast cast cast|catch caught caught|choose chose chosen
        cling clung clung|come came come|cost cost cost|creep crept crept|cut cut cut|deal dealt dealt|dig dug dug
        do did done|draw drew drawn|drink drank drunk|drive drove driven|eat ate eaten|fall fell fallen|feed fed fed
        feel felt felt|fight fought fought|find found found|flee fled fled|fly flew flown|forbid forbade forbidden
        forecast forecast forecast|foresee foresaw foreseen|forget forgot forgotten|forgive forgave forgiven
        freeze froze frozen|get got got|give gave given|go went gone|grow grew grown|hang hung hung|have had had
        hear heard heard|hide hid hidden|hit hit hit|hold held held|hurt hurt hurt|keep kept kept|know knew known
        lay laid laid|lead led led|leave left left|lend lent lent|let let let|lose lost lost|make made made
        mean meant meant|meet met met|mislead misled misled|mistake mistook mistaken
        outgrow outgrew outgrown|overcome overcame overcome|oversee oversaw overseen|overtake overtook overtaken
        overthrow overthrew overthrown|pay paid paid|put put put|quit quit quit|read read read|rebuild rebuilt rebuilt
        rewrite rewrote rewritten|ride rode ridden|ring rang rung|rise rose risen|run ran run|say said said|see saw seen
        seek sought sought|sell sold sold|send sent sent|set set set|shake shook shaken|shed shed shed
        shoot shot shot|shrink shrank shrunk|shut shut shut|sing sang sung|sink sank sunk|sit sat sat
        sleep slept slept|slide slid slid|speak spoke spoken|spend spent spent|spin spun spun
        split split split|spread spread spread|spring sprang sprung
        stand stood stood|steal stole stolen|stick stuck stuck
        sting stung stung|strike struck struck|strive strove striven|swear swore sworn|sweep swept swept|swim swam swum
        swing swung swung|take took taken|teach taught taught|tear tore torn|tell told told|think thought thought
        throw threw thrown|undergo underwent undergone|understand understood understood|undertake undertook undertaken
        undo undid undone|uphold upheld upheld|wake woke woken|wear wore worn|weave wove woven|weep wept wept
        win won won|wind wound wound|withdraw withdrew withdrawn|withhold withheld withheld
        withstand withstood withstood|write wrote written
        """.replace("\n", "|").split("|")
        if line.strip()
    )
}
_LAST_STRESSED = frozenset(
    "admit commit permit submit omit emit refer prefer confer infer defer deter occur incur recur control patrol expel "
    "compel propel repel regret equip transfer rebel forget begin abet allot acquit excel".split()
)
"""Verbs of more than one syllable that double their last letter, as “plan” does."""
# Lie and light have two pasts, can and may no infinitive: no past is given.
_UNSURE = frozenset("be lie light shine cleave dare can may must shall will would should could might ought".split())
_ONE_SYLLABLE = re.compile(r"(?:[^aeiou]|qu)*[aeiou][bdfgklmnprtvz]")
_CONSONANT_Y = re.compile(r"[^aeiou]y$")


def past(base: str) -> str | None:
    """The past tense of a verb, or ``None`` where it isn't sure.

    >>> [past(verb) for verb in ("sign", "plan", "carry", "close", "go", "admit", "visit", "be")]
    ['signed', 'planned', 'carried', 'closed', 'went', 'admitted', 'visited', None]
    """
    if not re.fullmatch(r"[a-z]{2,}", base) or base in _UNSURE:
        return None
    return _IRREGULAR[base][0] if base in _IRREGULAR else _with_ed(base)


def participle(base: str) -> str | None:
    """The past participle of a verb, or ``None`` where it isn't sure.

    >>> [participle(verb) for verb in ("sign", "go", "win", "panic")]
    ['signed', 'gone', 'won', 'panicked']
    """
    return _IRREGULAR[base][1] if base in _IRREGULAR else past(base)


def third(base: str) -> str:
    """The third person of the present.

    >>> [third(verb) for verb in ("sign", "carry", "reach", "go", "buy")]
    ['signs', 'carries', 'reaches', 'goes', 'buys']
    """
    if base == "have":
        return "has"
    if _CONSONANT_Y.search(base):
        return base[:-1] + "ies"
    return base + ("es" if base.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")


def gerund(base: str) -> str:
    """The form in -ing.

    >>> [gerund(verb) for verb in ("sign", "plan", "close", "agree", "lie", "begin")]
    ['signing', 'planning', 'closing', 'agreeing', 'lying', 'beginning']
    """
    if base.endswith("ie"):
        return base[:-2] + "ying"
    if base.endswith("e") and not base.endswith(("ee", "oe", "ye")) and base != "be":
        return base[:-1] + "ing"
    return _doubled(base) + "ing"


def _with_ed(base: str) -> str:
    if base.endswith("e"):
        return base + "d"
    return base[:-1] + "ied" if _CONSONANT_Y.search(base) else _doubled(base) + "ed"


def _doubled(base: str) -> str:
    if base.endswith("c"):
        return base + "k"
    return base + base[-1] if base in _LAST_STRESSED or _ONE_SYLLABLE.fullmatch(base) else base

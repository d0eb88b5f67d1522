"""Sentences that are no claims: navigation, notices, credits, bylines, times, calls to subscribe.

A rule fits the whole sentence, or a wording that stands nowhere else: a claim taken for boilerplate would
not be judged at all, so what is in doubt is a claim. Looked over on the choosing half of SummEval and QAGS.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bench.text import fold

_LONGEST = 400
"""Characters; nothing longer is boilerplate."""

# What <…> stands for in the rules below.
_PARTS = {
    "agency": r"(?:cnn|ap|afp|reuters|bbc|ani|pti|ians|upi|dpa|xinhua|tass|efe|kyodo|yonhap|bloomberg|mail ?online"
    r"|(?:the )?associated press|agence france-presse|(?:bbc|cbs|nbc|abc|fox|sky) news|cnn (?:business|politics)"
    r"|(?:the )?daily ?mail(?:\.com)?|the (?:guardian|times|new york times|washington post|independent|telegraph))",
    "stock": r"(?:getty(?: images)?|shutterstock|istock|alamy|rex(?: features)?|wireimage|wikimedia(?: commons)?"
    r"|(?:ap|afp|epa|reuters|pa)(?: (?:photo|file photo|images?|wire|pool))?)",
    "picture": r"(?:photos?|images?|pictures?|video|photograph(?:s|ed)?|file photo|illustration|source|credits?)",
    "network": r"(?:facebook|twitter|x|whats ?app|linked ?in|pinterest|reddit|telegram|e-?mail|messenger|flipboard"
    r"|tumblr|print|copy link|share|instagram)",
    "month": r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?",
    "weekday": r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tue|wed|thur?|fri|sat|sun)\b\.?)",
    "date": r"(?:(?:<weekday>,? )?(?:<month> \d{1,2}|\d{1,2} <month>)(?:st|nd|rd|th)?(?:,? \d{4})?"
    r"|\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{2,4})",
    "full_date": r"(?:(?:<weekday>,? )?(?:<month> \d{1,2}|\d{1,2} <month>),? \d{4}|\d{4}-\d\d-\d\d)",
    "zone": r"(?:[ecmp][sd]?t|gmt|utc|bst|ist|cet|cest|aest)",
    "time": r"(?:\d{1,2}[:.]\d\d(?: ?[ap]\.?m\.?)?|\d{1,2} ?[ap]\.?m\.?)(?: \(?<zone>\)?)?",
    "moment": r"(?:(?:<time>|<date>|<zone>|<weekday>|today|yesterday|at|on)[ ,|/·•-]{0,3}){1,8}",
    "stamped": r"(?:last |first |originally )?(?:updated?|published|posted|created|modified)(?: on| at)? ?[:,|-]? ?",
    "name": r"(?:[A-Z][\w.'’-]*|de|van|von|der|bin|al)",
    "full_name": r"(?:<name>(?: <name>){1,3})",
    "place": r"(?:[A-Z][\w.'’-]*(?:,? [A-Z][\w.'’-]*){0,3})",
}

# Each line must match a whole sentence: letters folded, outer brackets and the last full stop taken off.
_WHOLE = {
    "navigation": r"""
        (?:go |jump )?back to (?:the )?(?:top|home|homepage|main page|top of page)(?: button)? ?\d*
        (?:go|jump|return|scroll) (?:back )?(?:up )?to (?:the )?(?:top|start|beginning)(?: of (?:the|this) page)?
        (?:click here to |tap to )?(?:read|see|view|show|load|learn|find out) (?:more|all|less)(?: here| now)?[ :>»→]*
        read (?:also|next|the full (?:story|article|report))(?: here)?
        (?:continue|keep) reading(?: below| the main story| this article)?
        (?:(?:the|this) )?(?:article|post|story) (?:continues|goes on)(?: (?:below|after)(?: <advert>)?)?
        skip (?:to|past) (?:the )?(?:main |primary )?(?:content|navigation|search|newsletter promotion|advert)
        scroll down (?:for|to (?:see|watch|read)) (?:the )?(?:full )?<scrolled>(?: (?:of|and|from|on) [^.]{0,40})?
        click here(?: (?:to|for) [^.]{1,60})?
        (?:watch|play|see) (?:the )?(?:full )?(?:video|gallery)(?: above| below| here)?
        (?:related|recommended|popular|trending|most read|latest|more) (?:articles?|stor(?:y|ies)|posts?|topics?)
        (?:related|recommended|popular|trending|latest|more) (?:news|videos?|content|links?|coverage|tags?)
        (?:next|previous|prev|older|newer) (?:articles?|stor(?:y|ies)|posts?|page)
        see also|you (?:may|might) also (?:like|be interested in)|toggle (?:navigation|caption|menu)
        (?:main )?menu|search|table of contents|(?:show|hide) caption|view (?:comments|gallery|image|all photos)
        (?:leave|post|write|add) a (?:comment|reply)|(?:\d+ )?comments?|home(?: ?[>»/|] ?\w+(?: \w+){0,3}){1,6}
    """.replace("<advert>", r"(?:(?:the|this) )?(?:ad|advert|advertisement|video)").replace(
        "<scrolled>", "(?:videos?|more|footage|pictures|gallery|audio|poll)"
    ),
    "advertisement": r"""
        ad|advertisements?|advert|(?:sponsored|promoted|paid)(?: content| post)?
    """,
    "share buttons": r"""
        share(?: (?:this|on|via|with|by|to|it|story|article|post|page|your thoughts|friends|link|save|tweet|<network>))*
        share(?: \d+| comments?| save)|(?:re)?tweet(?: this)?|pin it|copy (?:the )?link
        print(?: this)?|e-?mail(?: this)?|save(?: article)?
        <network>(?:[ ,|/·•]{1,3}(?:and |on |via )?<network>){1,9}
    """,
    "timestamp": r"""
        <stamped>(?:<stamped>)?<moment>(?:<stamped><moment>)?
        (?:date:? )?<full_date>(?:[ ,|/-]{1,3}(?:at )?<time>)?(?:[ ,|/-]{1,3}<agency>)?
        <date>[ ,|/-]{1,3}(?:at )?<time>|\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]m)?(?: <zone>)?
        (?:updated |posted |published )?(?:an?|\d+) (?:min(?:ute)?s?|hours?|days?|weeks?|months?) ago
        \d+ min(?:ute)?s? read
    """,
    "site name": r"""
        <agency>|(?:www\.)?[\w-]{2,30}\.(?:com|org|net|co\.uk|info)(?:/\S*)?|https?://\S+
    """,
    "photo credit": r"""
        (?:<picture>(?: (?:credits?|by|copyright|courtesy(?: of)?|caption|source|from|via))* ?[:/]? ?)?<stock>
        (?:<picture> ?[:/] ?)?<stock> ?[/|,] ?[\w .'’-]{1,40}
        [\w .,'’&-]{1,60} ?[/|] ?<stock>(?: ?[/|,] ?[\w .'’-]{1,40})?
        (?:photo|image|picture|video)s? (?:credit|copyright|courtesy of|courtesy|source)s? ?:? ?[\w .,'’/&-]{1,60}
        (?:photos?|images?|pictures?) ?: ?[\w.'’-]+(?: [\w.'’-]+){0,3}(?: ?[/|] ?[\w .'’&-]{1,40})?
    """,
    "teaser": r"""
        (?:in pictures|photos|gallery|watch|listen|podcast|explained|explainer|quiz|live updates) ?: \S+(?: \S+){2,}
        (?:related|read more|see also|don't miss|must read|more on this) ?: .{3,}
    """,
    "byline": r"""
        (?:with )?(?:additional )?(?:inputs?|reporting|files|material) (?:from|by) [^.;:]{2,80}
        reporting by [^.;]{2,120}(?:[;.] ?(?:additional )?(?:editing|writing) by [^.;]{2,80})*
        (?:editing|writing) by [^.;]{2,80}
        [^.;:]{2,120} contributed (?:to this (?:report|story|article)|reporting)
        by <agency>(?: (?:reporter|staff|correspondent)s?)?|by (?:staff|our) (?:writers?|reporters?|correspondents?)
        by [a-z.'’-]+(?: [a-z.'’-]+){1,3} for mail ?online
    """,
    "subscription call": r"""
        subscribe(?: now)?|sign ?up(?: now)?|register(?: now)?|log ?in|sign in|join now|log in / register
        (?:please )?(?:subscribe|sign up|register)(?: (?:now|today|here))? (?:to|for|and)\b[^.]{0,80}<subscribed>
        get (?:the |our )?(?:(?:latest|best|top|breaking|daily) )*(?:news|stories|headlines)[^.]{0,60}<inbox>
        get (?:the |our )?[^.;:]{3,60}(?:in|to|into) your inbox\b[^.]{0,40}
        already (?:a |have an? )(?:subscriber|member|account|subscription)\?(?: ?(?:log|sign) in(?: here)?)?
        (?:please )?(?:follow|like|join|find) us on <network>\b[^.]{0,80}
        download (?:our|the) [\w ]{0,20}app\b[^.]{0,60}
        thank you for (?:subscribing|signing up|registering|your subscription)
        this (?:article|content|story) is (?:only )?(?:available )?(?:only )?(?:for|to) (?:our )?subscribers
    """.replace(
        "<subscribed>", r"\b(?:newsletters?|updates?|alerts?|account|channel|inbox|podcast|free)\b[^.]{0,60}"
    ).replace("<inbox>", r"\b(?:inbox|e-?mail|newsletter)\b[^.]{0,30}"),
    "cookie notice": r"""
        (?:(?:manage|accept|reject) )?(?:all )?cookies?(?: (?:policy|settings|preferences|notice))?
    """,
    "legal notice": r"""
        (?:terms (?:of|and|&) (?:use|service|conditions)|privacy (?:policy|notice)|disclaimer|contact us)
        (?:terms of (?:use|service)|privacy policy|about us|contact us|advertise|careers)(?:[ ,|/·•]{1,3}<legal>){1,6}
    """.replace(
        "<legal>", r"(?:and )?(?:terms of (?:use|service)|privacy policy|about us|contact us|advertise|careers)"
    ),
}

# Each line is a wording that stands in notices only, wherever in the sentence.
_ANYWHERE = {
    "copyright notice": r"""
        ^(?:©|\(c\)|&copy;|copyright(?: ©| \(c\))? (?:©|\d{4}))|\ball rights reserved\b|© ?\d{4}
        \b(?:material|content|article|story) may not be (?:published|reproduced|broadcast|rewritten|redistributed)\b
    """,
    "licence notice": r"""
        \b(?:theme|plugin|template) licen[sc]e\b.*\bvalidat
        \blicen[sc]ed? under (?:an? |the )?(?:creative commons|cc[ -]by)|\bcreative commons (?:attribution|licen[sc]e)
    """,
    "cookie notice": r"""
        \b(?:we|site|website|page) uses? (?:\w+ )?cookies\b|\bcookies (?:to (?:improve|enhance|personalise)|help us)\b
        \b(?:accept|consent to|agree to|enable) (?:the use of |all |our )?cookies\b
    """,
    "subscription call": r"""
        ^(?:please )?(?:subscribe|sign up) (?:to|for) (?:our|the \w+(?: \w+)?) (?:\w+ )?newsletters?\b
    """,
    "legal notice": r"""
        \bby (?:using|continuing to (?:use|browse)|signing up|subscribing)\b.*\byou (?:agree|accept|consent)\b
        \bthis site is protected by recaptcha\b
    """,
}

# Each line must match a whole sentence as it is written: capitals count.
_WRITTEN = {
    "byline": r"""
        (?:By|BY) \.? ?<full_name>(?:(?:,|,? and) <full_name>)*(?:,? (?:for |in )?(?:the )?<place>)?
        (?:By|BY) [A-Z]{2,}(?: [A-Z.'’-]+){1,6}
    """,
    "dateline": r"""
        <place>,?(?: (?i:<date>))?,? ?\((?i:<agency>)\) ?[–—-]*
        [A-Z]{3,}(?:,? [A-Z]{2,}){0,3}(?:, (?i:<date>) ?[–—-]*| ?[–—-]+)
    """,
}


def _compiled(rules: dict[str, str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """One pattern a kind, any of its lines, the <parts> filled in."""
    patterns = []
    for kind, lines in rules.items():
        pattern = "|".join(line.strip() for line in lines.strip().splitlines())
        while any(f"<{part}>" in pattern for part in _PARTS):
            for part, wording in _PARTS.items():
                pattern = pattern.replace(f"<{part}>", wording)
        patterns.append((kind, re.compile(pattern)))
    return tuple(patterns)


_WHOLE_RULES, _ANYWHERE_RULES, _WRITTEN_RULES = _compiled(_WHOLE), _compiled(_ANYWHERE), _compiled(_WRITTEN)
_AROUND = "()[]{}<>|·•*→»«›‹ -–—"


@lru_cache(maxsize=8192)
def boilerplate_kind(sentence: str) -> str | None:
    """What kind of boilerplate a sentence is, in plain words; ``None`` for a claim.

    >>> boilerplate_kind("Back to top button2"), boilerplate_kind("Updated 3:04 PM EDT, May 16, 2024")
    ('navigation', 'timestamp')
    >>> boilerplate_kind("Back to the top of the league went Chelsea on Sunday.")
    """
    if len(sentence) > _LONGEST:
        return None
    plain = " ".join(sentence.split())
    written = plain.rstrip(". ")
    bare = fold(plain.strip(_AROUND).rstrip(".!…").strip(_AROUND))
    whole = (kind for kind, rule in _WHOLE_RULES if rule.fullmatch(bare))
    anywhere = (kind for kind, rule in _ANYWHERE_RULES if rule.search(fold(plain)))
    as_written = (kind for kind, rule in _WRITTEN_RULES if rule.fullmatch(written))
    return next(whole, None) or next(anywhere, None) or next(as_written, None)

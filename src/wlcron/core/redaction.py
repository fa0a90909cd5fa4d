"""Takes secrets out of texts that go to other people's machines.

What is declared a secret is found wherever it stands. What only looks like one is guessed at, and
the guess is a bit too much rather than too little. Every expression is read in linear time, which
the possessive quantifiers (`*+`) see to: logs are written by whoever likes to.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from urllib.parse import quote, unquote

HIDDEN = "[redacted]"
_SHORTEST = 6  # characters of a declared secret; what is shorter would hide ordinary words
_CUT = " …"  # how summaries and log tails end where they were cut, perhaps within a secret
Span = tuple[int, int]

_STRONG = (
    r"passwords?|passwd|passphrase|secret|token|credentials?"
    r"|(?:api|access|account|auth|encryption|license|master|private|signing)[-_ ]?key"
)
# Variables whose values are taken for secrets, but for places and kinds of secrets.
_SECRET_NAME = re.compile(
    rf"""(?xi) ^ (?! .* _(?:dir|file|mode|path|sock|ttl|type) $ ) .*
         (?: passwords? | passwd | passphrase | credential
           | (?: {_STRONG} ) s? (?: (?![a-z]) | (?-i: (?<=[a-z]) (?=[A-Z]) ) )
           | (?: ^ | [_-] ) (?: o?auth | cookie | dsn | key | pass | pw ) (?: [_-] | \d* $ )
           | [_-] pwd $ )""",
)
# Ends a name: `author` is not `auth`, nor are `tokens` a `token`; `tokenValue` is one.
_END = r"(?: (?![A-Za-z]) | (?<=[a-z]) (?=[A-Z]) )"
# Words that are also prose are names where they are part of one, or are quoted, or given by "=".
_WEAK = r"(?i:pass|auth|pw)"
_NAME = rf"""(?:
      (?i: {_STRONG} ) {_END}
    | (?<=[_\-"']) {_WEAK} {_END}
    | (?<![A-Za-z]) {_WEAK} (?=[ ]?=)
    | (?: (?<![A-Za-z]) [Pp]wd | (?<=_)PWD ) (?![A-Za-z])           # PWD alone is a directory
    )"""
_HARMLESS = r"""(?! (?i: yes|no|true|false|none|null|nil|undefined ) (?: [\s"'&;,.)\]}] | $ ) )"""
_VALUE = rf"""(?:
      [bru\[({{]{{0,3}} (?P<quote> \\*+ ["'] )
      ( (?: (?! (?P=quote) ) (?: \\. | [^\\\n] ) )++ )              # closed, or cut by the line
    | {_HARMLESS} ( (?: [^\s"'&;,] | , (?=[^\s"'&;,]) ){{3,}}+ )
    )"""
_PRIVATE_KEY = r"[ ][A-Z ]*PRIVATE[ ]KEY(?:[ ]BLOCK)?-----"
# The last group that matched is what is hidden.
_PATTERNS = [
    re.compile(pattern, re.VERBOSE)
    for pattern in (
        r"""( \b (?:AKIA|ASIA) [A-Z0-9]{16} \b                      # AWS
            | \b gh[pousr]_ [A-Za-z0-9]{20,}+ | \b github_pat_ \w{20,}+
            | \b glpat- [\w-]{20,}+                                 # GitLab
            | \b (?: xox[abeprs] | xapp ) - [\w-]{10,}+             # Slack
            | \b sk- [A-Za-z0-9_-]{20,}+                            # OpenAI, Anthropic
            | \b (?: [rs]k_(?:live|test) | whsec ) _ \w{16,}+       # Stripe
            | \b AIza [\w-]{30,}+ | \b ya29\. [\w-]{20,}+           # Google
            | \b (?: npm | hf | dckr_pat | dop_v1 ) _ [\w-]{20,}+   # npm, Hugging Face, Docker, …
            | \b pypi- [\w-]{20,}+ | \b hvs\. [\w-]{20,}+           # PyPI, Vault
            | \b SG\. [\w-]{16,}+ \. [\w-]{16,}+                    # SendGrid
            | \b AGE-SECRET-KEY-1 \w{20,}+
            | (?<! [\w-] ) eyJ [\w-]{8,}+ \. [\w-]{8,}+ \.? [\w-]*+ # JSON Web Tokens
            | (?<= [Ss]ignature= ) [\w%+/=-]{16,}+ | (?<= [?&]sig= ) [\w%+/=-]{16,}+ )""",
        # Whoever has such an address may post.
        r""" https://hooks\.slack(?:-gov)?\.com/ ( [\w/-]++ )
           | https://[\w-]{0,63}+\.webhook\.office\.com/ ( [\w/@.-]++ )
           | https://(?:canary\.|ptb\.)?discord(?:app)?\.com/api/webhooks/ ( [\w/-]++ )
           | \b api\.telegram\.org/bot ( [\w:-]++ )
           | \b hc-ping\.com/ ( [\w/-]++ )
           | \b cronitor\.(?:link/p|io/ping)/ ( [\w-]++ )
           | :// ( [\w-]{20,}+ ) (?=@)""",
        rf"""-----BEGIN{_PRIVATE_KEY} (
                 (?: [^-]*+ (?: - (?! ----(?:BEGIN|END) ) [^-]*+ )*+ ) (?=-----END)
               | [^\n]*+ (?: \n [A-Za-z0-9+/=]++ (?= \n | \Z ) )*+ )  # its end is missing
           | \A ( [^-]*+ (?: - (?! ----(?:BEGIN|END) ) [^-]*+ )*+ ) -----END{_PRIVATE_KEY}""",
        # Opaque words alone: "basic authentication required" is prose.
        r"""\b (?i: bearer | basic ) [ \t]++
            ( (?= [A-Za-z.~+/_-]*+ [0-9=] | [A-Z]*+ [a-z]++ [A-Z] )
              [\w.~+/-]{8,}+ ={0,2}+ (?! [\w=] ) )""",
        r"""(?<![A-Za-z]) (?i: authorization ) \\*+ ["']? [ \t]*+ (?: => | [:=] ) [ \t]*+ \\*+ ["']?
            (?: (?i: apikey|basic|bearer|digest|negotiate|token ) [ \t]++ ( [^\s"',]++ )
              | (?! \[redacted\] (?: [\s"'] | $ ) )               # else it takes a word each round
                ( [^\s"']++ (?: [ \t]++ [^\s"']++ )? ) )""",
        r"""(?i: \b (?:set-)? cookie ) \\*+ ["']? [ \t]*+ : [ \t]*+ \\*+ ["']? ( [^\n"']++ )""",
        rf"""{_NAME} [\w.-]{{0,40}}+ \\*+ ["'\]]{{0,2}} [ \t]*+ (?: => | -> | := | [=:>] ) [ \t]*+
             {_VALUE}""",
        # As shells show what they run, after `set -x`; and as SQL has it.
        r"""\b curl \b [^\n]{0,300}? [ ] (?: -u [ ]*+ | --user [ =] ) ["']?
                  [^\s:"']*+ : ( [^\s"']++ )
          | \b sshpass [ ]++ -p [ ]*+ ["']? ( [^\s"']++ )
          | \b (?: mysql | mariadb ) [\w-]*+ [ ] [^\n]{0,300}? (?<=[ ]) -p ["']? ( [^\s"']++ )
          | \b (?i: identified [ ]++ by | password ) [ ]++ (["']) ( (?: (?! \4 ) [^\n] )++ )""",
        rf"""(?<![\w-]) -- [\w-]{{0,30}}? {_NAME} [\w-]{{0,40}}+ [ \t]++
             (?! - | (?: and|cannot|expects|has|is|must|needs|not|or|requires|to|was ) \b )
             {_VALUE}""",
    )
]
_PASSWORD_IN_URL = re.compile(r"""(://[^\s:/@"'<>]*+:)(?!\d{1,5}(?:[/?#\s]|$))([^\s"'<>]++)""")
_MARKER = re.compile(re.escape(HIDDEN))


def secrets_in(env: Mapping[str, str]) -> frozenset[str]:
    """Return the values of variables whose names say that they are secret, and URLs' passwords."""
    named = (value for name, value in env.items() if _SECRET_NAME.match(name))
    in_urls = (
        value[start:end] for value in env.values() for start, end in _passwords_in_urls(value)
    )
    return frozenset(chain(named, *((each, unquote(each)) for each in in_urls)))


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a text without these secrets, and without what looks like one.

    What is redacted already stays as it is.
    """
    looks = sorted(set(chain.from_iterable(map(_looks, secrets))))
    while True:  # each round leaves less of the text, until nothing is found
        hidden = _without(text, _spans(text, looks))
        if hidden == text:
            return text
        text = hidden


def _looks(secret: str) -> Iterator[str]:
    """Yield how a secret may be written: also line by line, within JSON, and within a URL."""
    for part in (secret, secret.strip(), *map(str.strip, secret.splitlines())):
        in_url = (quote(part, safe=safe, errors="replace") for safe in ("", "/"))
        looks = (part, json.dumps(part)[1:-1], *in_url)
        yield from (look for look in looks if len(look) >= _SHORTEST)


def _spans(text: str, looks: Iterable[str]) -> Iterator[Span]:
    yield from (found.span() for found in _MARKER.finditer(text))
    for look in looks:
        yield from _everywhere(text, look)
        yield from _cut_off(text, look)
    for pattern in _PATTERNS:
        yield from (found.span(found.lastindex or 0) for found in pattern.finditer(text))
    yield from _passwords_in_urls(text)


def _everywhere(text: str, look: str) -> Iterator[Span]:
    start = text.find(look)
    while start >= 0:
        yield start, start + len(look)
        start = text.find(look, start + 1)


def _cut_off(text: str, look: str) -> Iterator[Span]:
    """Yield where a text was cut within a secret, and shows how it begins."""
    before, end = 0, text.find(_CUT)
    while end >= 0:
        start = text.find(look[:_SHORTEST], max(before, end - len(look)), end)
        while start >= 0:
            if look.startswith(text[start:end]):
                yield start, end
                break
            start = text.find(look[:_SHORTEST], start + 1, end)
        before, end = end, text.find(_CUT, end + 1)


def _passwords_in_urls(text: str) -> Iterator[Span]:
    """Yield where they stand: they may hold what should have been escaped, even an "@"."""
    for found in _PASSWORD_IN_URL.finditer(text):
        start, end = found.span(2)
        if not text.startswith(_CUT, end):
            end = text.rfind("@", start, end)
        if end > start:
            yield start, end


def _without(text: str, spans: Iterable[Span]) -> str:
    """Return a text with a marker for each of these spans, one for those that touch."""
    parts, at, is_marked = [], 0, False
    for start, end in sorted(spans):
        if start > at or not is_marked:
            parts += [text[at:start], HIDDEN]
            is_marked = True
        at = max(at, end)
    return "".join((*parts, text[at:]))

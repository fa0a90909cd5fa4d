"""Make docs/pictures/ and the JSON in docs/alerts.md from real payloads: run it by hand.

What is shown is made by alert_scenes.py. Only how a message looks at Slack or in a mail reader is
drawn here, by HTML of our own and Debian's chromium (`apt-get install chromium pngquant
fonts-noto-color-emoji fonts-liberation`).
"""

import asyncio
import json
import re
import subprocess
import tempfile
from collections.abc import Mapping
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any, cast

import structlog

from alert_scenes import mail_of, payloads, scenes, with_payloads

ROOT = Path(__file__).parent.parent
DOCUMENT, PICTURES = ROOT / "docs" / "alerts.md", ROOT / "docs" / "pictures"
STYLE = """
body { margin: 0; padding: 14px 18px; width: 704px; background: #fff; color: #1d1c1d;
       font: 15px/1.45 "Liberation Sans", "Noto Color Emoji", sans-serif }
.post { display: grid; grid-template-columns: 40px 1fr; gap: 10px }
.who { background: #2f4858; color: #fff; border-radius: 6px; height: 38px; line-height: 38px;
       text-align: center; font-weight: bold }
.name { font-weight: bold } .dim, small { color: #666; font-size: 12px }
h3 { font-size: 18px; margin: 6px 0 } p { margin: 6px 0 }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 6px 16px; margin: 8px 0 }
.fields div, p, td { overflow-wrap: anywhere }
pre { background: #f6f6f6; border: 1px solid #ddd; border-radius: 4px; padding: 8px; margin: 6px 0;
      font: 12px/1.5 "Liberation Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere }
code { background: #f6f6f6; border: 1px solid #ddd; border-radius: 3px; padding: 1px 3px;
       font: 12px "Liberation Mono", monospace; color: #b3264a } a { color: #1264a3 }
.head { border-bottom: 1px solid #ccc; padding-bottom: 8px; margin-bottom: 12px }
.file { border: 1px solid #ccc; border-radius: 4px; padding: 6px 10px; display: inline-block }
"""
MEASURE = (
    "<script>document.title = Math.ceil(document.body.getBoundingClientRect().height)</script>"
)


def slack_page(sent: Mapping[str, Any]) -> str:
    """Return how a message looks at Slack, or nearly so."""
    shown = "\n".join(_block(block) for block in sent["blocks"])
    who = '<span class="name">wlcron</span> <span class="dim">APP</span>'
    return _page(f'<div class="post"><div class="who">wl</div><div>{who}{shown}</div></div>')


def mail_page(mail: EmailMessage) -> str:
    """Return how a mail looks to a reader who shows HTML."""
    html, attached = mail.get_body(("html",)), list(mail.iter_attachments())
    names = ("Subject", "From", "To")
    head = "<br>".join(f"<b>{name}</b> {escape(str(mail[name]))}" for name in names)
    body = re.sub(r"</?(?:html|body|!DOCTYPE[^>]*)>", "", html.get_content() if html else "")
    files = "".join(
        f'<p><span class="file">📎 {escape(each.get_filename() or "")}</span></p>'
        f"<pre>{escape(cast('str', each.get_content()))}</pre>"
        for each in attached
    )
    return _page(f'<div class="head">{head}</div>{body}{files}')


def _page(body: str) -> str:
    return f'<!DOCTYPE html><meta charset="utf-8"><style>{STYLE}</style>{body}{MEASURE}'


def _block(block: Mapping[str, Any]) -> str:
    if block["type"] == "header":
        return f"<h3>{escape(block['text']['text'])}</h3>"
    if block["type"] == "context":
        return f"<small>{''.join(_mrkdwn(each['text']) for each in block['elements'])}</small>"
    if fields := block.get("fields"):
        shown = "".join(f"<div>{_mrkdwn(each['text'])}</div>" for each in fields)
        return f'<div class="fields">{shown}</div>'
    return f"<p>{_mrkdwn(block['text']['text'])}</p>"


def _mrkdwn(text: str) -> str:
    """Return HTML for as much of Slack's markup as our messages use; it is escaped already."""
    parts = re.split(r"```\n?(.*?)\n?```", text, flags=re.DOTALL)
    return "".join(
        f"<pre>{part}</pre>" if at % 2 else _marked(part) for at, part in enumerate(parts)
    )


def _marked(text: str) -> str:
    linked = re.sub(r"<(https?:[^|>]+)\|([^>]+)>", r'<a href="\1">\2</a>', text)
    coded = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", linked)
    return re.sub(r"(?m)^\*([^*\n]+)\*", r"<b>\1</b>", coded).replace("\n", "<br>")


def photograph(page: str, target: Path) -> None:
    """Write a page as PNG, as high as it is."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(page, encoding="utf-8")
        found = re.search(r"<title>(\d+)</title>", _chromium(folder, file, "--dump-dom"))
        height = int(found[1]) if found else 0
        _chromium(folder, file, f"--screenshot={target}", f"--window-size=740,{height}")
    # 64 colours are plenty, and a third of the bytes.
    shrink = ["pngquant", "--force", "--strip", f"--output={target}", "64", str(target)]
    subprocess.run(shrink, check=True)


def _chromium(folder: str, file: Path, *flags: str) -> str:
    quiet = ("gpu", "quic", "background-networking", "component-update", "sync")
    command = [
        *("chromium", "--headless", "--no-sandbox", "--no-first-run", "--hide-scrollbars"),
        *(f"--disable-{each}" for each in quiet),
        *(
            f"--user-data-dir={folder}/profile",
            "--force-device-scale-factor=1.25",
            "--disable-lcd-text",
            *flags,
        ),
        file.as_uri(),
    ]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Write pictures and JSON."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    document = DOCUMENT.read_text(encoding="utf-8")
    alerts = asyncio.run(scenes(document))
    sent = payloads(alerts)
    PICTURES.mkdir(exist_ok=True)
    text = json.dumps(sent, indent=1, ensure_ascii=False)
    (PICTURES / "payloads.json").write_text(f"{text}\n", encoding="utf-8")
    DOCUMENT.write_text(with_payloads(document, sent), encoding="utf-8")
    pages = {name: slack_page(each) for name, each in sent.items() if name.startswith("slack-")}
    for name, page in (pages | {"email": mail_page(mail_of(alerts["critical"]))}).items():
        photograph(page, PICTURES / f"{name}.png")
        print(f"docs/pictures/{name}.png")


if __name__ == "__main__":
    main()

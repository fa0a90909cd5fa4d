"""EmailChannel: hands mails over to a server."""

import asyncio
from contextlib import suppress
from email.message import EmailMessage

from aiosmtplib import SMTP, SMTPRecipientRefused

from wlcron.bounded import Bounded
from wlcron.channel import Alert, ChannelError
from wlcron.channels.email.faults import FAULTS, explain, refusal
from wlcron.channels.email.message import compose
from wlcron.channels.email.progress import Progress, Refusal, advance, begin
from wlcron.channels.email.server import Addresses, MailServer, Tls

PATIENCE = 25.0  # seconds, for all of it but the farewell
_FAREWELL = 1.0  # seconds
_REMEMBERED = 1000  # mails that were taken for some of their recipients only


class EmailChannel:
    """Sends one mail for each alert; `patience` in seconds."""

    kind = "email"

    def __init__(
        self, name: str, server: MailServer, addresses: Addresses, patience: float = PATIENCE
    ) -> None:
        self.name = name
        self._server = server
        self._addresses = addresses
        self._patience = patience
        # After a restart those who got their mail get it again, which is no harm.
        self._unfinished: Bounded[tuple[str, str], Progress] = Bounded(_REMEMBERED)

    async def send(self, alert: Alert) -> str:
        """Hand a mail over for everybody whom it has not reached; raises ChannelError alone."""
        mark = (alert.key, alert.step)
        everybody = tuple(each.addr_spec for each in self._addresses.recipients)
        progress = self._unfinished.take(mark) or begin(everybody)
        try:
            refused, answer = await self._hand_over(compose(alert, self._addresses), progress.left)
        except FAULTS as error:
            self._unfinished.put(mark, progress)
            raise explain(error, self._server) from None
        progress = advance(progress, refused)
        if progress.left:
            self._unfinished.put(mark, progress)
        return self._outcome(progress, answer)

    async def close(self) -> None:
        """Let go of nothing: each mail has a connection of its own."""

    async def _hand_over(
        self, mail: EmailMessage, recipients: tuple[str, ...]
    ) -> tuple[dict[str, Refusal], str]:
        """Return for whom the server has not taken it, and its answer; raises FAULTS."""
        client = self._client()
        try:
            async with asyncio.timeout(self._patience):
                await self._enter(client)
                refused, answer = await self._post(client, mail, recipients)
            # It is taken: whatever happens now, it must not be sent again.
            with suppress(*FAULTS):
                await client.quit(timeout=_FAREWELL)
            return refused, answer
        finally:
            client.close()

    def _client(self) -> SMTP:
        return SMTP(
            hostname=self._server.host,
            port=self._server.port,
            # The machine's own name would be looked up, which may take its time.
            local_hostname=self._addresses.sender.domain,
            timeout=self._patience,
            use_tls=self._server.tls is Tls.IMPLICIT,
            start_tls=False,  # `_enter` does it, where it is wanted
            tls_context=self._server.trust,
        )

    async def _enter(self, client: SMTP) -> None:
        await client.connect()
        if self._server.tls is Tls.STARTTLS:
            await client.starttls()
        if self._server.user:
            await client.login(self._server.user, self._server.password)

    async def _post(
        self, client: SMTP, mail: EmailMessage, recipients: tuple[str, ...]
    ) -> tuple[dict[str, Refusal], str]:
        refused: dict[str, Refusal] = {}
        await client.mail(self._addresses.sender.addr_spec)
        for recipient in recipients:
            try:
                await client.rcpt(recipient)
            except SMTPRecipientRefused as error:
                refused[recipient] = refusal(error.code, error.message, self._server)
        if len(refused) == len(recipients):
            return refused, ""
        response = await client.data(mail.as_bytes())
        return refused, str(refusal(response.code, response.message, self._server))

    def _outcome(self, progress: Progress, answer: str) -> str:
        if progress.is_taken and not progress.left:
            # Empty: those who were left until now are given up.
            taken = answer or "taken for others"
            return f"{taken}; but not for {progress.problem}" if progress.lost else taken
        others = ", though for others" if progress.is_taken else ""
        raise ChannelError(
            f"{self._server.place} takes no mail{others} for {progress.problem}",
            is_permanent=not progress.left,
        )

"""How bytes leave: SMTP, a sink for development, the print folder."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings

from kulanz.contact.mails import mail_address
from kulanz.contact.models import Message, SentDocument
from kulanz.contact.states import Channel
from kulanz.kernel.refusals import Trouble

TIMEOUT_SECONDS = 20


class NotSent(Trouble):
    """It certainly did not leave; trying again is safe. `final` says that trying again is useless."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


class MaybeSent(Trouble):
    """The line broke after the content was handed over: nobody knows. A person has to look."""


class Transport(Protocol):
    """Takes the bytes of one message. Raises NotSent or MaybeSent."""

    def send(self, message: Message, document: SentDocument, content: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as destination: the development sink for mails, the print folder for letters.

    The file is named after the message, so handing it over twice leaves one file.
    """

    path: Path
    suffix: str

    def send(self, message: Message, document: SentDocument, content: bytes) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = self.path / f".{message.pk}.part"
            part.write_bytes(content)
            part.replace(self.path / f"{message.queued_at:%Y%m%dT%H%M%S}-{message.pk}.{self.suffix}")
        except OSError as error:
            raise NotSent(str(error)) from error


class _Begun:
    """Remembers whether the content was offered to the server: before that moment nothing can have left."""

    begun = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.begun = True
        answer: tuple[int, bytes] = super().data(msg)  # type: ignore[misc]  # mixed into smtplib's classes below
        return answer


class _Server(_Begun, smtplib.SMTP):
    """Plain or STARTTLS."""


class _TlsServer(_Begun, smtplib.SMTP_SSL):
    """Encrypted from the first byte."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server: `smtp://user:password@host:587` (STARTTLS where offered) or `smtps://…`."""

    url: str

    def send(self, message: Message, document: SentDocument, content: bytes) -> None:
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(str(error)) from error
        try:
            # The envelope wants the domain in ASCII, as the header has it.
            server.sendmail(message.brand.email, [mail_address(message.to_address)], content)
        except smtplib.SMTPRecipientsRefused as error:
            raise NotSent(str(error), final=all(code >= 500 for code, _ in error.recipients.values())) from error
        except smtplib.SMTPResponseException as error:
            raise NotSent(str(error), final=error.smtp_code >= 500) from error
        except (OSError, smtplib.SMTPException) as error:
            if server.begun:
                raise MaybeSent(str(error)) from error
            raise NotSent(str(error)) from error
        finally:
            server.close()

    def _connected(self) -> _Server | _TlsServer:
        """Greeted, encrypted where that is offered, logged in. Whatever goes wrong here is about us, not the mail."""
        parts = urlsplit(self.url)
        host, context = parts.hostname or "localhost", ssl.create_default_context()
        server: _Server | _TlsServer
        if parts.scheme == "smtps":
            server = _TlsServer(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = _Server(host, parts.port or 25, timeout=TIMEOUT_SECONDS)
        try:
            server.ehlo()
            if parts.scheme != "smtps" and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif parts.scheme != "smtps" and parts.username:
                # Whoever strips the offer of TLS would get the password.
                raise NotSent("the mail server offers no TLS; a password is never sent in clear")
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
        return server


def transport_for(message: Message) -> Transport:
    """Mails go to the configured server (or the sink), letters to the print folder."""
    data_dir: Path = settings.CONFIG.data_dir
    if message.channel == Channel.LETTER.value:
        return Folder(data_dir / "print", "pdf")
    mail_url: str = settings.CONFIG.mail_url
    if mail_url.startswith("sink:"):
        return Folder(data_dir / "mail", "eml")
    return Smtp(mail_url)

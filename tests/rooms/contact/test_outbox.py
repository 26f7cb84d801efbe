"""What was promised is sent once; what failed is tried again; what nobody knows goes to a person."""

from __future__ import annotations

import asyncio
import email
import email.policy
import hashlib
import itertools
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import connection, transaction
from pypdf import PdfReader
from tests import builders as b
from tests.worker_process import process

from kulanz.contact import tasks
from kulanz.contact.api import (
    CHECKS,
    Draft,
    MaybeSent,
    Message,
    MessageState,
    NotSent,
    OnlyPeopleSettleUnsure,
    SentDocument,
    Sheet,
    deliver,
    draft_for,
    path_of,
    queue,
    settle_unsure,
    sweep_unsure,
    try_again,
)
from kulanz.contact.delivery import MAX_ATTEMPTS, PAUSES, UNSURE_AFTER, waiting
from kulanz.contact.documents import Rendered
from kulanz.contact.transports import Smtp, transport_for
from kulanz.infra.jobs import run_worker
from kulanz.kernel import clock
from kulanz.kernel.acts import Act, by_system
from kulanz.kernel.references import grouped, is_code
from kulanz.parties.api import Account

DAY = "2026-06-01"
QUEUED, SENDING, SENT = MessageState.QUEUED, MessageState.SENDING, MessageState.SENT
FAILED, UNSURE = MessageState.FAILED, MessageState.UNSURE
_keys = itertools.count(1)


def outbox(day: str = DAY, time: str = "12:00") -> Act:
    return by_system(b.moment(day, time), "outbox")


def a_draft(account: Account, *, key: str | None = None) -> Draft:
    sheet = Sheet(subject="Your account is free again", paragraphs=("Hello,", "You do not have to do anything."))
    return draft_for(account, key=key or f"test:{next(_keys)}:{account.number}", kind="hold_lifted", sheet=sheet)


def a_message(account: Account | None = None) -> Message:
    [message] = queue(b.system(DAY), [a_draft(account or b.a_customer(language="en"))])
    return message


def state_of(message: Message) -> MessageState:
    message.refresh_from_db()
    return MessageState(message.state)


def jobs_for(message: Message) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args -> 'message_ids' ? %s", [str(message.pk)])
        return int(cursor.fetchone()[0])


@dataclass
class Postman:
    """A transport that remembers what it took, and fails as it is told to."""

    trouble: BaseException | None = None
    taken: list[bytes] = field(default_factory=list)

    def send(self, message: Message, document: SentDocument, content: bytes) -> None:
        self.taken.append(content)
        if self.trouble is not None:
            raise self.trouble


# --- written with the act ---


@pytest.mark.django_db
def test_the_rollback_of_the_act_drops_the_message_and_its_job() -> None:
    with transaction.atomic():
        message = a_message()
        assert jobs_for(message) == 1
        transaction.set_rollback(True)
    assert not Message.objects.filter(pk=message.pk).exists()
    assert jobs_for(message) == 0


@pytest.mark.django_db
def test_the_same_reason_tells_the_same_person_once() -> None:
    account = b.a_customer()
    draft = a_draft(account)
    [message] = queue(b.system(DAY), [draft, draft])
    assert queue(b.system(DAY), [draft]) == []
    assert Message.objects.filter(account_id=account.pk).count() == 1
    assert jobs_for(message) == 1


def test_the_worker_sends_a_committed_message_once(committed_db: None) -> None:
    message = a_message()
    run_worker(wait=False)
    run_worker(wait=False)
    assert (state_of(message), message.attempts) == (SENT, 1)
    [kept] = list(sink().glob(f"*{message.pk}.eml"))
    assert kept.read_bytes() == path_of(message.document).read_bytes()


def sink() -> Path:
    folder: Path = settings.CONFIG.data_dir / "mail"
    return folder


# --- the register ---


@pytest.mark.django_db
def test_the_register_knows_the_document_before_its_first_byte_leaves() -> None:
    seen: list[tuple[str, str]] = []

    class Curious(Postman):
        def send(self, message: Message, document: SentDocument, content: bytes) -> None:
            row = SentDocument.objects.get(message=message)
            seen.append((row.content_hash, Message.objects.get(pk=message.pk).state))
            assert path_of(row).read_bytes() == content

    message = a_message()
    assert deliver(outbox(), message.pk, transport=Curious()) is SENT
    assert seen == [(message.document.content_hash, "sending")]


@pytest.mark.django_db
def test_what_is_kept_is_what_was_sent_and_carries_a_check_code_that_finds_it() -> None:
    account, postman = b.a_customer(language="en"), Postman()
    message = a_message(account)
    deliver(outbox(), message.pk, transport=postman)
    [content] = postman.taken
    document = message.document
    assert path_of(document).read_bytes() == content
    assert hashlib.sha256(content).hexdigest() == document.content_hash
    assert is_code(document.check_code, 11)
    mail = email.message_from_bytes(content, policy=email.policy.default)
    assert (mail["To"], mail["Message-ID"]) == (
        f"{account.holder.name} <{account.holder.email}>",
        document.mail_id,
    )
    text = mail.get_body(("plain",))
    assert text is not None
    assert grouped(document.check_code) in text.get_content()
    assert [(check.name, check.offenders()) for check in CHECKS if check.offenders()] == []


@pytest.mark.django_db
def test_a_person_without_an_address_for_mail_gets_a_letter_in_the_print_folder() -> None:
    account = b.a_customer("Berta Brief", email="", language="en")
    message = a_message(account)
    assert message.channel == "letter"
    assert deliver(outbox(), message.pk) is SENT
    [printed] = list((settings.CONFIG.data_dir / "print").glob(f"*{message.pk}.pdf"))
    content = printed.read_bytes()
    assert hashlib.sha256(content).hexdigest() == message.document.content_hash
    assert message.document.mail_id is None
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    for words in ("Berta Brief", "Ahornweg 7", "04229 Leipzig", grouped(message.document.check_code)):
        assert words in text


@pytest.mark.django_db
def test_a_message_that_cannot_be_written_fails_and_nothing_is_registered() -> None:
    postman = Postman()
    message = a_message(b.a_customer(email="no address"))
    assert deliver(outbox(), message.pk, transport=postman) is FAILED
    assert message_trouble(message) == "“no address” is not an e-mail address we can write to."
    assert (postman.taken, SentDocument.objects.filter(message=message).count()) == ([], 0)


def message_trouble(message: Message) -> str:
    message.refresh_from_db()
    return message.trouble


# --- it did not work ---


@pytest.mark.django_db
def test_what_certainly_did_not_leave_is_tried_again_at_growing_distances_then_failed() -> None:
    postman = Postman(NotSent("nobody is at home"))
    message = a_message()
    at = b.moment(DAY, "12:00")
    for attempt in range(1, MAX_ATTEMPTS):
        assert message.pk in waiting(at)
        assert deliver(by_system(at, "outbox"), message.pk, transport=postman) is QUEUED
        message.refresh_from_db()
        assert (message.attempts, message.trouble) == (attempt, "nobody is at home")
        assert message.pk not in waiting(at + PAUSES[attempt - 1] - timedelta(seconds=1))
        at += PAUSES[attempt - 1]
    assert message.pk in waiting(at)
    assert deliver(by_system(at, "outbox"), message.pk, transport=postman) is FAILED
    assert len(postman.taken) == MAX_ATTEMPTS
    assert set(postman.taken) == {path_of(message.document).read_bytes()}
    assert message.pk not in waiting(at + timedelta(days=1))


@pytest.mark.django_db
def test_what_can_never_work_fails_at_once_and_starts_anew_when_a_person_has_mended_it() -> None:
    message = a_message()
    assert deliver(outbox(), message.pk, transport=Postman(NotSent("unknown user", final=True))) is FAILED
    try_again(b.dana(DAY), message)
    assert (state_of(message), message.attempts) == (QUEUED, 0)
    assert message.pk in waiting(b.moment(DAY))
    assert jobs_for(message) == 2
    assert deliver(outbox(), message.pk, transport=Postman()) is SENT


@pytest.mark.django_db
def test_when_nobody_knows_whether_it_left_it_is_unsure_and_never_sent_by_itself() -> None:
    postman = Postman()
    message = a_message()
    assert deliver(outbox(), message.pk, transport=Postman(MaybeSent("the line broke"))) is UNSURE
    assert message_trouble(message) == "the line broke"
    assert message.pk not in waiting(b.moment("2026-12-01"))
    assert deliver(outbox("2026-12-01"), message.pk, transport=postman) is UNSURE
    assert postman.taken == []


# --- a crash between claim and send ---


@pytest.mark.django_db
@pytest.mark.parametrize("crash", [SystemExit, KeyboardInterrupt])
def test_a_crash_while_sending_ends_on_a_persons_list(crash: type[BaseException]) -> None:
    message, later = a_message(), Postman()
    with pytest.raises(crash):
        deliver(outbox(time="12:00"), message.pk, transport=Postman(crash()))
    assert state_of(message) is SENDING
    assert SentDocument.objects.filter(message=message).count() == 1
    assert sweep_unsure(by_system(b.moment(DAY, "12:00") + UNSURE_AFTER, "sweep")) == []
    assert sweep_unsure(by_system(b.moment(DAY, "12:11"), "sweep")) == [message.pk]
    assert (state_of(message), message.trouble) == (UNSURE, "the worker died while sending")
    assert deliver(outbox(time="12:12"), message.pk, transport=later) is UNSURE
    assert later.taken == []


@pytest.mark.django_db
def test_only_a_person_settles_what_is_unsure_and_what_went_out_is_not_sent_again() -> None:
    message, later = a_message(), Postman()
    deliver(outbox(), message.pk, transport=Postman(MaybeSent("the line broke")))
    with pytest.raises(OnlyPeopleSettleUnsure):
        settle_unsure(b.system(DAY), message, was_sent=False)
    assert state_of(message) is UNSURE
    settle_unsure(b.dana("2026-06-02"), message, was_sent=True)
    assert (state_of(message), message.sent_at) == (SENT, b.moment("2026-06-02"))
    assert deliver(outbox("2026-06-03"), message.pk, transport=later) is SENT
    assert later.taken == []


@pytest.mark.django_db
def test_what_did_not_go_out_is_sent_once_more_as_the_same_document() -> None:
    message, first, later = a_message(), Postman(MaybeSent("the line broke")), Postman()
    deliver(outbox(), message.pk, transport=first)
    settle_unsure(b.dana("2026-06-02"), message, was_sent=False)
    assert state_of(message) is QUEUED
    assert jobs_for(message) == 2
    assert deliver(outbox("2026-06-02"), message.pk, transport=later) is SENT
    assert later.taken == first.taken
    assert SentDocument.objects.filter(message=message).count() == 1


_WORKER = """
import sys
from kulanz.contact import delivery
from kulanz.infra.jobs import run_worker

real = delivery.transport_for


class Stuck:
    def send(self, message, document, content):
        print("sending", flush=True)
        sys.stdin.read()


delivery.transport_for = lambda message: Stuck() if str(message.pk) == sys.argv[1] else real(message)
run_worker()
"""


def test_a_worker_killed_while_sending_neither_loses_the_message_nor_sends_it_twice(
    committed_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_worker(wait=False)
    message, later = a_message(), Postman()
    with process(_WORKER, str(message.pk)) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "sending\n"
        worker.kill()
        worker.wait()
    assert (state_of(message), message.attempts) == (SENDING, 1)
    assert hashlib.sha256(path_of(message.document).read_bytes()).hexdigest() == message.document.content_hash
    monkeypatch.setattr("kulanz.contact.delivery.transport_for", lambda _: later)
    # The job of the dead worker is given to another one.
    tasks.deliver_messages(message_ids=[str(message.pk)])
    assert state_of(message) is SENDING
    after = clock.now() + UNSURE_AFTER + timedelta(minutes=1)
    assert message.pk in sweep_unsure(by_system(after, "sweep"))
    tasks.deliver_messages(message_ids=[str(message.pk)])
    assert (state_of(message), later.taken) == (UNSURE, [])
    settle_unsure(b.dana(DAY), message, was_sent=True)
    assert state_of(message) is SENT


@pytest.mark.django_db
def test_a_bug_in_one_message_does_not_keep_the_others_from_leaving(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = a_message(), a_message()

    class Buggy(Postman):
        def send(self, message: Message, document: SentDocument, content: bytes) -> None:
            if message.pk == broken.pk:
                raise ZeroDivisionError
            super().send(message, document, content)

    postman = Buggy()
    monkeypatch.setattr("kulanz.contact.delivery.transport_for", lambda _: postman)
    tasks.deliver_messages(message_ids=[str(broken.pk), str(sound.pk)])
    assert (state_of(broken), state_of(sound)) == (SENDING, SENT)
    assert len(postman.taken) == 1


@pytest.mark.django_db
def test_a_message_nobody_can_make_ends_on_a_persons_list(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_message: Message, *, at: datetime) -> Rendered:
        raise ZeroDivisionError("no page is that small")

    monkeypatch.setattr("kulanz.contact.delivery.rendered", broken)
    message, postman = a_message(), Postman()
    at = b.moment(DAY, "12:00")
    for attempt in range(1, MAX_ATTEMPTS):
        assert deliver(by_system(at, "outbox"), message.pk, transport=postman) is QUEUED
        assert message_trouble(message) == "ZeroDivisionError: no page is that small"
        assert message.attempts == attempt
        assert message.pk not in waiting(at + PAUSES[attempt - 1] - timedelta(seconds=1))
        at += PAUSES[attempt - 1]
    assert deliver(by_system(at, "outbox"), message.pk, transport=postman) is FAILED
    assert postman.taken == []


@pytest.mark.django_db
def test_a_letter_prints_the_addresses_its_text_speaks_of() -> None:
    account = b.a_customer("Berta Brief", email="")
    sheet = Sheet(subject="Reminder", paragraphs=("Hello,",), links=(("Ask a person", "https://our.example/contact/"),))
    [message] = queue(b.system(DAY), [draft_for(account, key="links", kind="test", sheet=sheet)])
    assert deliver(outbox(), message.pk, transport=Postman()) is SENT
    content = path_of(message.document).read_bytes()
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert "Ask a person: https://our.example/contact/" in " ".join(text.split())


# --- a real mail server ---


@dataclass
class MailServer:
    """Answers as it is told to, and may hang up."""

    recipient: str = "250 OK"
    hangs_up_at: str = ""
    mails: list[Envelope] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - the server's own names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.hangs_up_at == "MAIL":
            return _hang_up(server)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append(envelope)
        return _hang_up(server) if self.hangs_up_at == "DATA" else "250 OK"


def _hang_up(server: SMTP) -> str:
    transport: Any = server.transport
    transport.abort()
    return "250 nobody hears this"


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@contextmanager
def serving(server: MailServer) -> Iterator[Smtp]:
    controller = Controller(server, hostname="127.0.0.1", port=a_free_port(), loop=asyncio.new_event_loop())
    controller.start()
    try:
        yield Smtp(f"smtp://127.0.0.1:{controller.port}")
    finally:
        controller.stop()


@pytest.mark.django_db
def test_a_mail_server_takes_exactly_the_registered_bytes() -> None:
    server, message = MailServer(), a_message()
    with serving(server) as transport:
        assert deliver(outbox(), message.pk, transport=transport) is SENT
    [mail] = server.mails
    assert (mail.mail_from, mail.rcpt_tos) == (message.brand.email, [message.to_address])
    assert mail.content == path_of(message.document).read_bytes()


@pytest.mark.django_db
def test_a_domain_with_an_umlaut_is_written_in_ascii_on_the_envelope() -> None:
    server, message = MailServer(), a_message(b.a_customer(email="frieda@bücher.example"))
    with serving(server) as transport:
        assert deliver(outbox(), message.pk, transport=transport) is SENT
    assert server.mails[0].rcpt_tos == ["frieda@xn--bcher-kva.example"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("server", "state"),
    [
        (MailServer(recipient="550 no such user"), FAILED),
        (MailServer(recipient="450 come back later"), QUEUED),
        (MailServer(hangs_up_at="MAIL"), QUEUED),
        (MailServer(hangs_up_at="DATA"), UNSURE),
    ],
    ids=["unknown recipient", "greylisted", "hangs up before the content", "hangs up after the content"],
)
def test_what_the_mail_server_does_decides_what_happens_next(server: MailServer, state: MessageState) -> None:
    server.mails.clear()
    message = a_message()
    with serving(server) as transport:
        assert deliver(outbox(), message.pk, transport=transport) is state
    assert message_trouble(message) != ""
    assert len(server.mails) == (1 if state is UNSURE else 0)


@pytest.mark.django_db
def test_a_mail_server_that_is_down_is_tried_again() -> None:
    message = a_message()
    assert deliver(outbox(), message.pk, transport=Smtp(f"smtp://127.0.0.1:{a_free_port()}")) is QUEUED
    assert "refused" in message_trouble(message)


@pytest.mark.django_db
def test_a_wrong_password_of_ours_fails_no_mail_for_good() -> None:
    message = a_message()
    with serving(MailServer()) as transport:
        with_password = Smtp(transport.url.replace("smtp://", "smtp://kulanz:wrong@"))
        assert deliver(outbox(), message.pk, transport=with_password) is QUEUED


@pytest.mark.django_db
def test_the_configured_sink_keeps_every_mail_as_a_file() -> None:
    message = a_message()
    assert deliver(outbox(), message.pk) is SENT
    [kept] = list(sink().glob(f"*{message.pk}.eml"))
    assert kept.read_bytes() == path_of(message.document).read_bytes()
    transport_for(message).send(message, message.document, b"again")
    assert len(list(sink().glob(f"*{message.pk}.eml"))) == 1

"""What was sent is read as text, word for word; what is unsure is settled by a person."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests import builders as b
from tests.rooms.desk.pages import text

from kulanz.contact.api import MaybeSent, Message, MessageState, NotSent, SentDocument, Sheet, deliver, draft_for, queue
from kulanz.kernel.references import grouped

pytestmark = pytest.mark.django_db


def a_message(subject: str = "About <your> invoice", *, email: str | None = None) -> Message:
    account = b.a_customer(email=email, language="en")
    sheet = Sheet(subject=subject, paragraphs=("Hello,", "<b>All</b> is well."))
    [message] = queue(b.system("2026-11-19"), [draft_for(account, key=subject, kind="test", sheet=sheet)])
    return message


class Broken:
    """A transport that fails in one way."""

    def __init__(self, trouble: Exception) -> None:
        self.trouble = trouble

    def send(self, message: Message, document: SentDocument, content: bytes) -> None:
        raise self.trouble


def address(message: Message) -> str:
    return reverse("desk:message", args=[message.pk])


def test_a_sent_mail_is_shown_as_text_with_its_check_code(agent: Client) -> None:
    message = a_message()
    deliver(b.system("2026-11-19"), message.pk)

    response = agent.get(address(message))

    document = SentDocument.objects.get(message=message)
    page = text(response)
    assert "Hello, <b>All</b> is well." in page
    assert b"<b>All</b>" not in response.content
    assert grouped(document.check_code) in page
    assert "From Lindenhof <service@lindenhof.example>" in page


def test_the_mail_as_it_left_is_a_download(agent: Client, warehouse: Client) -> None:
    message = a_message()
    document = reverse("desk:sent_document", args=[message.pk])
    assert agent.get(document).status_code == 404
    deliver(b.system("2026-11-19"), message.pk)

    response = agent.get(document)

    code = SentDocument.objects.get(message=message).check_code
    assert response.headers["Content-Disposition"] == f'attachment; filename="{code}.eml"'
    assert b"is well." in b"".join(response.streaming_content)
    assert warehouse.get(document).status_code == 403


def test_a_letter_is_a_pdf_to_download(agent: Client) -> None:
    message = a_message("A letter", email="")
    deliver(b.system("2026-11-19"), message.pk)
    assert "Download the PDF" in text(agent.get(address(message)))
    response = agent.get(reverse("desk:sent_document", args=[message.pk]))
    assert b"".join(response.streaming_content).startswith(b"%PDF-")


def test_what_waits_says_what_it_will_say(agent: Client) -> None:
    response = agent.get(address(a_message()))
    assert "It has not been made yet. It will say:" in text(response)
    assert "All" in text(response)


@pytest.mark.parametrize(("answer", "state"), [("yes", MessageState.SENT), ("no", MessageState.QUEUED)])
def test_an_unsure_message_is_settled_by_finance_not_by_an_agent(
    agent: Client, finance: Client, answer: str, state: MessageState
) -> None:
    message = a_message()
    deliver(b.system("2026-11-19"), message.pk, transport=Broken(MaybeSent("line broke")))
    assert "About <your> invoice" in text(finance.get("/desk/outbox/?state=unsure"))
    assert "Nobody knows whether this message left the house." in text(agent.get(address(message)))
    settle = reverse("desk:settle_message", args=[message.pk])

    assert agent.post(settle, {"was_sent": answer}).status_code == 403
    assert finance.post(settle, {"was_sent": answer}).status_code == 302

    message.refresh_from_db()
    assert message.state == state.value
    assert finance.post(settle, {"was_sent": answer}).status_code == 409


def test_a_failed_message_is_tried_again(finance: Client) -> None:
    message = a_message()
    deliver(b.system("2026-11-19"), message.pk, transport=Broken(NotSent("550 no such user", final=True)))
    assert "550 no such user" in text(finance.get(address(message)))
    finance.post(reverse("desk:send_again", args=[message.pk]))
    message.refresh_from_db()
    assert message.state == MessageState.QUEUED.value


def test_the_outbox_is_filtered_by_state_and_customer(agent: Client) -> None:
    first, second = a_message("First"), a_message("Second")
    deliver(b.system("2026-11-19"), first.pk)
    assert "Second" not in text(agent.get("/desk/outbox/?state=sent"))
    assert second.account is not None
    of_second = text(agent.get("/desk/outbox/", {"account": second.account.number}))
    assert "Second" in of_second
    assert "First" not in of_second
    assert agent.get("/desk/outbox/", {"account": "NOPE"}).status_code == 404
    assert agent.get("/desk/outbox/?state=nonsense&page=abc").status_code == 200


def test_nobody_at_the_desk_reads_a_login_mail(agent: Client, finance: Client, admin: Client) -> None:
    sheet = Sheet(
        subject="Secret subject", paragraphs=("Secret words",), links=(("Choose", "https://secret.example/"),)
    )
    account = b.a_customer(email="ada@example.org", language="en")
    [message] = queue(b.system("2026-11-19"), [draft_for(account, key="login:1", kind="login", sheet=sheet)])
    for sent in (False, True):
        if sent:
            deliver(b.system("2026-11-19"), message.pk)
        for client in (agent, finance, admin):
            for path in (address(message), reverse("desk:outbox")):
                response = client.get(path)
                assert response.status_code == 200
                assert b"ecret" not in response.content
                assert "Login mail" in text(response)
            assert client.get(reverse("desk:sent_document", args=[message.pk])).status_code == 404


def test_a_login_mail_that_failed_is_named_on_the_overview_and_not_quoted(admin: Client) -> None:
    account = b.a_customer(email="ada@example.org")
    sheet = Sheet(subject="Secret subject", paragraphs=("Hello,",))
    [message] = queue(b.system("2026-11-19"), [draft_for(account, key="login:2", kind="login", sheet=sheet)])
    deliver(b.system("2026-11-19"), message.pk, transport=Broken(NotSent("unknown user", final=True)))
    page = text(admin.get(reverse("desk:overview")))
    assert "Login mail" in page
    assert "Secret" not in page

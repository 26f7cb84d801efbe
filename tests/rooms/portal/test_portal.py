"""The customer's door: what is reachable under every hold, whose account is whose, objections and concerns."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import builders

from kulanz.cases.api import Case, CaseEvent, EventKind
from kulanz.contact.api import Message
from kulanz.explain.api import export_account
from kulanz.holds.api import (
    ALWAYS_OPEN,
    Effect,
    HoldKind,
    Way,
    active_holds,
    place_own_wish_hold,
    place_security_hold,
)
from kulanz.infra.ids import new_id
from kulanz.infra.models import AuditEntry, Upload
from kulanz.infra.uploads import MAX_BYTES, FileRefused, read_upload
from kulanz.ledger.api import Claim, Dispute, DisputeProof, write_off
from kulanz.parties.api import Account, Role, User, create_login

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_has_written_yet(db: None) -> None:
    cache.clear()


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


def _signed_in(client: Client, *accounts: Account) -> Client:
    user = create_login(
        builders.system("2026-01-02"),
        email=f"{accounts[0].number}@login.example".lower(),
        name=accounts[0].holder.name,
        password=None,
        roles=[Role.CUSTOMER],
        accounts=accounts,
    )
    client.force_login(user)
    client.cookies["kulanz_language"] = "en"
    return client


def _under(kind: HoldKind) -> tuple[Account, Claim]:
    """An account under a hold of this kind, the severest effect where there is a choice, and one open claim."""
    account = builders.a_customer()
    claim = builders.an_invoice(account)
    if kind is HoldKind.PAYMENT:
        builders.a_payment_hold(claim, on="2026-06-01")
    elif kind is HoldKind.SECURITY:
        place_security_hold(
            builders.cem("2026-06-01"),
            account,
            effect=Effect.NO_ORDERS,
            words="Somebody else seems to use this account.",
            ends_on=date(2026, 6, 12),
            review_on=date(2026, 6, 8),
        )
    else:
        place_own_wish_hold(
            builders.customer_act(account, "2026-06-01"), account, effect=Effect.NO_ORDERS, words="I want to stop."
        )
    return account, claim


# Where each way that no hold can close begins in the portal.
WAYS = {
    Way.WITHDRAWAL: lambda account, claim: reverse("portal:concern", args=["withdrawal"]),
    Way.COMPLAINT: lambda account, claim: reverse("portal:concern", args=["complaint"]),
    Way.RETURN: lambda account, claim: reverse("portal:concern", args=["return"]),
    Way.REFUND: lambda account, claim: reverse("portal:concern", args=["refund"]),
    Way.CANCELLATION: lambda account, claim: reverse("portal:concern", args=["cancellation"]),
    Way.OBJECTION: lambda account, claim: reverse("portal:object", args=[account.number, claim.reference]),
    Way.DATA_EXPORT: lambda account, claim: reverse("portal:data", args=[account.number]),
}


@pytest.mark.parametrize("way", sorted(ALWAYS_OPEN))
@pytest.mark.parametrize("kind", list(HoldKind))
def test_under_every_hold_these_ways_stay_open(
    kind: HoldKind, way: Way, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KULANZ_NOW", "2026-06-02T10:00")
    account, claim = _under(kind)
    assert [hold.kind for hold in active_holds(account.pk, on=date(2026, 6, 2))] == [kind.value]
    assert _signed_in(client, account).get(WAYS[way](account, claim)).status_code == 200


def test_somebody_elses_account_looks_as_if_it_were_not_there(client: Client) -> None:
    mine, other = builders.a_customer(), builders.a_customer("Bernd Brandt")
    foreign = builders.an_invoice(other)
    _signed_in(client, mine)
    for name, arguments in (
        ("account", [other.number]),
        ("payments", [other.number]),
        ("orders", [other.number]),
        ("data", [other.number]),
        ("claim", [other.number, foreign.reference]),
        ("claim", [mine.number, foreign.reference]),
        ("object", [mine.number, foreign.reference]),
        ("proof", [mine.number, foreign.reference]),
    ):
        assert client.get(reverse(f"portal:{name}", args=arguments)).status_code == 404, (name, arguments)


def test_a_refused_file_never_refuses_the_objection(client: Client) -> None:
    account = builders.a_customer()
    claim = builders.an_invoice(account)
    _signed_in(client, account)
    response = client.post(
        reverse("portal:object_words", args=[account.number, claim.reference, "already_paid"]),
        {"words": "", "proof": SimpleUploadedFile("proof.exe", b"MZ not a picture")},
        follow=True,
    )
    dispute = Dispute.objects.get(claim=claim)
    assert dispute.kind == "already_paid"
    assert DisputeProof.objects.filter(dispute=dispute).count() == 0
    assert "was not taken" in response.content.decode()
    assert dispute.reference in response.content.decode()


def test_an_objection_sent_twice_is_one_objection(client: Client) -> None:
    account = builders.a_customer()
    claim = builders.an_invoice(account)
    _signed_in(client, account)
    address = reverse("portal:object_words", args=[account.number, claim.reference, "not_received"])
    for _ in range(2):
        client.post(address, {"words": "Nothing came.", "proof": SimpleUploadedFile("photo.png", PNG)})
    assert Dispute.objects.filter(claim=claim).count() == 1
    assert Message.objects.filter(account=account, kind="dispute_received").count() == 1
    assert Upload.objects.filter(account_id=account.pk).count() == 2


def test_further_words_for_the_same_reason_join_the_objection_and_the_page_says_so(client: Client) -> None:
    account = builders.a_customer()
    claim = builders.an_invoice(account)
    _signed_in(client, account)
    client.cookies["kulanz_language"] = "en"
    address = reverse("portal:object_words", args=[account.number, claim.reference, "already_paid"])
    client.post(address, {"words": ""})
    page = client.post(address, {"words": "Paid on 3 March."}, follow=True).content.decode()
    assert "You had already objected for this reason. We have added your words to that objection." in page
    assert "Paid on 3 March." in page
    again = client.post(address, {"words": "Paid on 3 March."}, follow=True).content.decode()
    assert "That objection is still with a person." in again
    assert [note.words for note in Dispute.objects.get(claim=claim).notes.all()] == ["Paid on 3 March."]
    told = export_account(account)["timeline"]
    assert "Paid on 3 March." in [fact["text"] for fact in told]


def test_proof_for_a_claim_that_is_settled_leaves_no_file_behind(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, data_dir=tmp_path))
    account = builders.a_customer()
    claim = builders.an_invoice(account)
    write_off(builders.dana("2026-11-20"), claim)
    _signed_in(client, account)
    address = reverse("portal:proof", args=[account.number, claim.reference])
    response = client.post(address, {"proof": SimpleUploadedFile("statement.png", PNG)})
    assert response.status_code == 422
    assert Upload.objects.count() == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_proof_without_an_objection_is_one(client: Client) -> None:
    account = builders.a_customer()
    claim = builders.an_invoice(account)
    _signed_in(client, account)
    address = reverse("portal:proof", args=[account.number, claim.reference])
    client.post(address, {"proof": SimpleUploadedFile("statement.png", PNG)})
    assert Dispute.objects.get(claim=claim).kind == "already_paid"


def test_a_stranger_gets_a_reference_without_a_login(client: Client) -> None:
    builders.a_shop()
    client.cookies["kulanz_language"] = "en"
    page = client.get(reverse("portal:concern", args=["not_mine"]))
    key = page.context["page"].form.initial["key"]
    given = {"words": "I never ordered this.", "name": "Erika Muster", "email": "erika@example.org", "key": key}
    for _ in range(2):
        response = client.post(reverse("portal:concern", args=["not_mine"]), given, follow=True)
    case = Case.objects.get(email="erika@example.org")
    assert case.account is None
    assert case.reference[:4] in response.content.decode()
    assert CaseEvent.objects.filter(case=case, kind=EventKind.OPENED.value).count() == 1
    assert case.promises.count() == 1
    assert Message.objects.filter(case_id=case.pk, kind="case_opened").count() == 1


def _written(**changed: object) -> dict[str, object]:
    given = {"words": "I never ordered this.", "name": "Dana Vogt", "email": "erika@example.org", "key": str(new_id())}
    return given | changed


def _write(client: Client, topic: str = "bill", *, query: str = "", **changed: object) -> HttpResponse:
    client.cookies["kulanz_language"] = "en"
    address = reverse("portal:concern", args=[topic]) + query
    client.get(address)
    return client.post(address, _written(**changed), follow=True)


def test_a_confirmation_to_a_stranger_says_nothing_he_typed(client: Client) -> None:
    builders.a_shop()
    _write(client, name="Buy at evil.example", words="Visit evil.example", about="evil.example")
    message = Message.objects.get(kind="case_opened", to_address="erika@example.org")
    assert message.to_name == "erika@example.org"
    assert message.sheet["paragraphs"][0] == "Hello,"
    assert "evil" not in json.dumps(message.sheet)


def test_a_name_typed_by_a_stranger_is_nobody_who_acted(client: Client) -> None:
    builders.a_shop()
    _write(client, name="Dana Vogt", file=SimpleUploadedFile("letter.png", PNG))
    case = Case.objects.get(email="erika@example.org")
    assert case.name == "Dana Vogt"
    assert set(case.events.values_list("by", flat=True)) == {"contact form"}
    assert set(Upload.objects.values_list("uploaded_by", flat=True)) == {"contact form"}
    assert AuditEntry.objects.get(subject_id=case.pk).actor == "contact form"


def test_nobody_is_flooded_by_a_stranger_who_knows_his_address(client: Client) -> None:
    builders.a_shop()
    for _ in range(5):
        _write(client)
    response = _write(client, email="Erika@example.org", words="The sixth")
    page = response.content.decode()
    assert "There were too many messages in a short time." in page
    assert "The sixth" in page
    assert Case.objects.filter(email__iexact="erika@example.org").count() == 5


def test_one_internet_address_writes_to_ten_addresses_an_hour(client: Client) -> None:
    builders.a_shop()
    client.defaults["REMOTE_ADDR"] = "9.9.9.9"
    for number in range(11):
        _write(client, email=f"e{number}@example.org")
    assert Case.objects.count() == 10


def test_the_form_with_other_words_is_another_concern_and_a_strange_key_opens_one(client: Client) -> None:
    builders.a_shop()
    key = str(new_id())
    _write(client, key=key)
    _write(client, key=key, words="And another thing.")
    _write(client, key="x" * 200)
    _write(Client(), key=key)
    assert Case.objects.count() == 4


def test_who_has_several_accounts_is_asked_which_and_acts_as_himself(client: Client) -> None:
    first, second = builders.a_customer("Frieda Anders"), builders.a_customer("Mia Anders")
    _signed_in(client, first, second)
    assert "Please choose the account it is about." in _write(client).content.decode()
    assert Case.objects.count() == 0
    _write(client, account=second.number)
    case = Case.objects.get()
    user = User.objects.get(email=f"{first.number}@login.example".lower())
    assert (case.account, case.name, case.email) == (second, user.name, user.email)
    assert AuditEntry.objects.get(subject_id=case.pk).user_id == user.pk


def test_the_page_of_an_account_says_which_account_it_is_about(client: Client) -> None:
    first, second = builders.a_customer("Frieda Anders"), builders.a_customer("Mia Anders")
    _signed_in(client, first, second)
    page = client.get(reverse("portal:account", args=[second.number])).content.decode()
    choice = client.get(reverse("portal:concerns"), {"account": second.number}).content.decode()
    query = f"?account={second.number}"
    assert reverse("portal:concerns") + query in page
    assert reverse("portal:concern", args=["bill"]) + query in choice
    _write(client, query=query)
    assert Case.objects.get().account == second


def test_a_foreign_account_in_the_link_is_not_written_for(client: Client) -> None:
    mine, other = builders.a_customer(), builders.a_customer("Bernd Brandt")
    _signed_in(client, mine)
    _write(client, query=f"?account={other.number}")
    assert Case.objects.get().account == mine


def test_a_huge_file_is_refused_before_it_is_read() -> None:
    class Huge(SimpleUploadedFile):
        def read(self, *_: object) -> bytes:
            raise AssertionError("it was read")

    file = Huge("film.png", PNG)
    file.size = MAX_BYTES + 1
    with pytest.raises(FileRefused, match="it is too large"):
        read_upload(file)


def test_a_concern_and_an_objection_take_ten_files(client: Client) -> None:
    account = builders.a_customer()
    claim = builders.an_invoice(account)
    _signed_in(client, account)
    address = reverse("portal:proof", args=[account.number, claim.reference])
    key = str(new_id())
    for _ in range(11):
        proof = client.post(address, {"proof": SimpleUploadedFile("statement.png", PNG)}, follow=True)
        concern = _write(client, key=key, file=SimpleUploadedFile("letter.png", PNG))
    assert DisputeProof.objects.count() == 10
    assert CaseEvent.objects.filter(kind=EventKind.FILE_ADDED.value).count() == 10
    assert Upload.objects.count() == 20
    for response in (proof, concern):
        assert "there are 10 files already" in response.content.decode()


def test_a_refused_proof_is_no_objection(client: Client) -> None:
    account = builders.a_customer()
    claim = builders.an_invoice(account)
    _signed_in(client, account)
    address = reverse("portal:proof", args=[account.number, claim.reference])
    response = client.post(address, {"proof": SimpleUploadedFile("proof.exe", b"MZ not a picture")})
    assert "was not taken" in response.content.decode()
    assert Dispute.objects.count() == 0


def test_a_stranger_is_promised_only_what_is_done(client: Client) -> None:
    builders.a_shop()
    client.cookies["kulanz_language"] = "en"
    page = client.get(reverse("portal:concern", args=["not_mine"])).content.decode()
    assert "You do not need an account. A person looks at it first." in page


def test_the_export_holds_what_we_know(client: Client) -> None:
    account = builders.a_customer()
    claim = builders.an_invoice(account)
    answer = _signed_in(client, account).get(reverse("portal:data", args=[account.number]))
    data = json.loads(answer.content)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="kulanz-{account.number}.json"'
    assert data["person"]["name"] == "Frieda Anders"
    assert [entry["reference"] for entry in data["claims"]] == [claim.reference]


def test_my_account_asks_the_same_number_of_questions_for_three_and_for_thirty_claims(client: Client) -> None:
    counts = []
    for number in (3, 30):
        account = builders.a_customer()
        for _ in range(number):
            builders.an_invoice(account)
        _signed_in(client, account)
        address = reverse("portal:account", args=[account.number])
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_unknown_concern_is_not_found(client: Client) -> None:
    builders.a_shop()
    assert client.get("/contact/nonsense/").status_code == 404


def test_a_withdrawal_needs_the_order_and_no_words(client: Client) -> None:
    builders.a_shop()
    client.cookies["kulanz_language"] = "en"
    given = {"name": "Erika Muster", "email": "erika@example.org", "key": str(new_id())}
    refused = client.post("/contact/withdrawal/", given)
    assert "Please tell us which order you withdraw from." in refused.content.decode()
    assert Case.objects.count() == 0
    client.post("/contact/withdrawal/", given | {"about": "558529"})
    case = Case.objects.get()
    assert (case.topic, case.about) == ("withdrawal", "558529")
    assert "I withdraw from the order 558529." in str(list(case.events.values_list("words", flat=True)))


def test_who_has_no_number_withdraws_in_words(client: Client) -> None:
    builders.a_shop()
    given = {"name": "Erika Muster", "email": "erika@example.org", "key": str(new_id()), "words": "The blue lamp."}
    client.post("/contact/withdrawal/", given)
    assert Case.objects.get().topic == "withdrawal"

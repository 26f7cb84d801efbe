"""Who plays in the sample shop: the shop itself, its people, and the two customers of the family-account story."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from kulanz.demo.people import InventedPerson
from kulanz.parties.api import BrandFacts, Role

# All demo logins share one password; they exist only in a database made by the demo, served on loopback only.
PASSWORD = "kulanz-demo-login"  # noqa: S105 - not a secret: it is printed on the login page
DOMAIN = "demo.kulanz.invalid"

SHOP = BrandFacts(
    code="lindenhof",
    name="Lindenhof",
    legal_name="Lindenhof Versand GmbH",
    street="Lindenweg 1",
    postcode="04109",
    city="Leipzig",
    email="service@lindenhof.example",
    phone="+49 341 0000 000",
    web="lindenhof.example",
    registration="Amtsgericht Leipzig, HRB 00000; Geschäftsführung: Eva Linde",
)

# The family account: two customers of the data set, living together. He has an old claim, she owes nothing.
HE = "13491"
SHE = "13305"
# His first order: the invoice of two years ago that he paid, and that nobody ever reconciled.
OLD_INVOICE = "536761"
FAMILY = {
    HE: InventedPerson(
        "Thomas", "Reinhardt", "Kastanienallee 12", "04275", "Leipzig", "thomas.reinhardt@example.org", "de"
    ),
    SHE: InventedPerson(
        "Katrin", "Reinhardt", "Kastanienallee 12", "04275", "Leipzig", "katrin.reinhardt@example.org", "de"
    ),
}


@dataclass(frozen=True, slots=True)
class Login:
    """One login of the demo: whose, with which role, for which customer number."""

    email: str
    name: str
    role: Role
    account: str | None = None


LOGINS = (
    Login(f"customer@{DOMAIN}", "Thomas Reinhardt", Role.CUSTOMER, HE),
    Login(f"partner@{DOMAIN}", "Katrin Reinhardt", Role.CUSTOMER, SHE),
    Login(f"agent@{DOMAIN}", "Cem Aydin", Role.AGENT),
    Login(f"finance@{DOMAIN}", "Dana Vogt", Role.FINANCE),
    Login(f"warehouse@{DOMAIN}", "Uwe Krämer", Role.WAREHOUSE),
    Login(f"agency@{DOMAIN}", "Sabine Paul", Role.AGENCY),
    Login(f"admin@{DOMAIN}", "Alex Winter", Role.ADMIN),
)


def iban_of(number: str) -> str:
    """An IBAN with true check digits at a bank that does not exist (bank code 00000000): nobody is ever paid."""
    account = int(sha256(number.encode()).hexdigest(), 16) % 10**10
    bban = f"00000000{account:010d}"
    return f"DE{98 - int(f'{bban}131400') % 97:02d}{bban}"


OUR_IBAN = iban_of("our own account")

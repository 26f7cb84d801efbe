"""Brands, persons, accounts; users and what they may do."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from kulanz.infra.guards import fixed, never_deleted
from kulanz.infra.ids import new_id
from kulanz.parties.permissions import Permission, Role, permissions_of
from kulanz.parties.rules import sort_key


class Brand(models.Model):
    """One shop of the operator: the sender of its letters and the creditor of its claims."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    legal_name = models.CharField(max_length=200)
    street = models.CharField(max_length=120)
    postcode = models.CharField(max_length=12)
    city = models.CharField(max_length=80)
    country = models.CharField(max_length=2, default="DE")
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    web = models.CharField(max_length=120, blank=True)
    registration = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Who someone is: a human being or a firm, whether or not there ever was a login."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    is_company = models.BooleanField(default=False)
    street = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, default="DE")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=2, default="de", choices=[("de", "de"), ("en", "en")])
    # German order of names without ICU in the database: ä as a, ß as ss.
    sort_key = models.CharField(max_length=220, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["sort_key"], name="person_by_sort_key"),
            models.Index(fields=["email"], name="person_by_email"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(language__in=["de", "en"]), name="person_speaks_de_or_en"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passed through unchanged

    @property
    def address_lines(self) -> tuple[str, ...]:
        """As on an envelope, without the country inside Germany."""
        lines = [self.name, self.street, f"{self.postcode} {self.city}".strip()]
        if self.country not in ("", "DE"):
            lines.append(self.country)
        return tuple(line for line in lines if line)


class AccountKind(models.TextChoices):
    """A customer's account belongs to a person; the house account holds money that belongs to nobody yet."""

    CUSTOMER = "customer"
    HOUSE = "house"


class Account(models.Model):
    """A receivables account (Debitorenkonto). It is the one lock of an act that moves a customer's money."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=AccountKind.choices, default=AccountKind.CUSTOMER)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="accounts")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "number"], name="account_number_once_per_brand"),
            models.UniqueConstraint(
                fields=["brand"], condition=models.Q(kind="house"), name="one_house_account_per_brand"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="house", person=None) | models.Q(kind="customer", person__isnull=False),
                name="customer_accounts_have_a_person",
            ),
        ]
        indexes = [models.Index(fields=["number"], name="account_by_number")]
        triggers = [
            never_deleted("parties_account"),
            fixed("parties_account", "id", "brand_id", "number", "kind"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def holder(self) -> Person:
        """The person behind a customer account; asking for the house account's is a bug."""
        assert self.person is not None
        return self.person


class UserManager(BaseUserManager["User"]):
    """Users are found by their e-mail address, in any case of letters."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, name: str, password: str | None) -> User:
        """A login. `password=None` makes one that can only be reached by a reset."""
        user = self.model(email=email.lower(), name=name)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A login: a customer, a member of staff, a clerk of a collection agency."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def roles(self) -> frozenset[Role]:
        """The roles granted to this login (one query, then remembered for the request)."""
        cached: frozenset[Role] | None = self.__dict__.get("_roles")
        if cached is None:
            cached = frozenset(Role(role) for role in self.grants.values_list("role", flat=True))
            self.__dict__["_roles"] = cached
        return cached

    def may(self, permission: Permission) -> bool:
        """Whether one of the roles carries this permission."""
        return self.is_active and permission in permissions_of(self.roles)


class RoleGrant(models.Model):
    """A role given to a login."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=12, choices=[(r.value, r.value) for r in Role])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="role_granted_once"),
            models.CheckConstraint(condition=models.Q(role__in=[r.value for r in Role]), name="role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"


class AccountAccess(models.Model):
    """This login may see and use this account. Seeing one account never opens another one."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="accesses")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "account"], name="account_access_once")]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.account_id}"

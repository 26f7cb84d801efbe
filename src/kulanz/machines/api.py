"""The door of the room."""

from kulanz.machines.keys import UnusableEndpoint, create_endpoint, create_key, key_of, retire_endpoint, revoke_key
from kulanz.machines.models import ApiKey, Delivery, DeliveryState, Endpoint
from kulanz.machines.verify import CHECKS
from kulanz.machines.webhooks import claims_reopened, claims_settled, deliveries, holds_lifted, holds_placed, tell_again

__all__ = [
    "CHECKS",
    "ApiKey",
    "Delivery",
    "DeliveryState",
    "Endpoint",
    "UnusableEndpoint",
    "claims_reopened",
    "claims_settled",
    "create_endpoint",
    "create_key",
    "deliveries",
    "holds_lifted",
    "holds_placed",
    "key_of",
    "retire_endpoint",
    "revoke_key",
    "tell_again",
]

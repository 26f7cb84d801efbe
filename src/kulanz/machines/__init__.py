"""What the shop's own systems may use and are told: keys, endpoints, deliveries.

Words: *key* (an API key, kept as a hash), *endpoint* (an address of the shop that wants to be told), *delivery* (one
fact on its way to one endpoint, signed, retried until it is taken or given up and shown to a person).
The door they knock at is `api`; this room knows nothing of HTTP requests.
"""

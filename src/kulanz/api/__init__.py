"""The machine door: what the shop's own systems may ask. Keys and webhooks live in `machines`."""

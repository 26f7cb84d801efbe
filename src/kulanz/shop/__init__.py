"""The mirror of the shop: customers, orders, items, parcels, returns and subscriptions. Mirrored, never owned here.

Words: *order*, *item*, *shipment* (a parcel that went out), *return* (what a credit note took back), *subscription*.
Invoices belong to the ledger; an order knows their numbers only through it. This room knows no claims' states.
"""

"""What is said: messages to people, by mail or letter, and the register of everything that left the house.

Words: *message* (something to be sent: queued, sending, sent, failed or unsure), *sheet* (what it says: typed facts
and text, in the recipient's language), *sent document* (the register row: check code, content hash, recipient key).
This room knows nothing of claims, holds or cases; they tell it what to say.
"""

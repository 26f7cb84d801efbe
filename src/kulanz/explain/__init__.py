"""The whole story of a claim, a hold, an account or a case: one sentence with numbers, the facts, the next steps.

Every door shows this and nothing of its own: the customer, the agent, the machine and the command line read the same
sentence. Reads only; it asks every room below and decides nothing.
"""

"""Storing, publishing, jobs, audit: what every room stands on and none of them is about.

Words: *guard* (a trigger that makes a wrong row impossible), *audit entry* (who did what, when and why),
*upload* (a file from outside), *job* (work for the worker, written in the business transaction), *check* (one
sentence `kulanz verify` proves). This room knows nothing of customers, claims or cases.
"""

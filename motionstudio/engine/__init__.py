"""Answers about motion, computed by the models away from whoever asks.

Requests and responses are frozen values; the runner is the only code that calls models; a
worker loop or the synchronous engine drives it. No Qt, no document: requests carry values.
Importing requests, responses, mailbox, worker, gallery, planner and painter loads no torch.
"""

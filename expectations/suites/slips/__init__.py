"""Likely slips: what a sender most likely did, where one mistake of the hand explains what is wrong."""

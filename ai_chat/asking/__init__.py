"""What a question is, before it is searched: its normal form, its kind, the whole of a follow-up, questions made by rule.

Takes texts, gives texts and values. Pure; knows no index, no model and no page.
"""

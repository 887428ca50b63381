"""Whether an answer says what its passages say.

Takes the answer's text, the question and the passages that its markers number. Knows no model, no log and no search. Pure.
"""

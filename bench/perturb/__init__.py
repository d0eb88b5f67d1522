"""Ways to make a summary worse on purpose, each of which says what it changed.

Every function takes ``(text, document, others, seed)``: the summary, its document, other documents
(where foreign material comes from) and a seed. It returns Perturbed, or Skipped with the reason why
this text can't be damaged so. The outcome depends on these texts and the seed alone: not on
the order of ``others``, on what was damaged before, or on the machine. English only.

>>> from bench.perturb.numbers import change_number
>>> damaged = change_number("Talks lasted 30 hours.", "The talks lasted 30 hours.", (), 0)
>>> damaged.changes[0].was, damaged.text.startswith("Talks lasted "), damaged.text.endswith("0 hours.")
('30', True, True)
"""

"""The fast driver: a decision without its trace, from bit masks of the conditions a matter has.

Every condition of a program becomes a few conjunctions of tests, every conjunction a bit. What a request says of one
fact fails some of the bits; what is left when all facts are read has held. Two masks carry the three values: the bits
not failed, and those of them that surely hold. What a test gives on a value is asked of the evaluator, once.
"""

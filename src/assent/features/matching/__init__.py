"""Jobs for members, candidates for jobs, and search; each result says why it is there.

    background  what public text teaches about words; fitted on nothing else
    describing  a text as its words, its skills and what its title means
    columns     skills and occupations as columns of a matrix
    index       flat, and exact when somebody is taken out
    scoring     words (BM25), meaning (latent semantic analysis), skills, title; each by itself
    finding     the best, decided again one by one before anybody sees them; why each
    keeping     an index as one folder that names its snapshot
    rerank      an order in which every group is represented

No protected attribute is read here, and none can be: a description has words, skills and titles.
"""

"""How the tagger's weights are made: texts are written from sentences of ours, then a perceptron learns to read them.

`writing`   sentences and invented names become labelled texts
`learning`  an averaged structured perceptron, in whole numbers alone, so that every machine makes the same file

    python -m assent.curation.redact.tagger.training [--check]
"""

"""Pure text: sentences, encoder, tagger, teacher. Knows no table of ours."""

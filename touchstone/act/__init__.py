"""What a person or a clock does, one file per action; the only room that wires a verb to the store."""

"""Second factors: something one has, beside the password one knows."""

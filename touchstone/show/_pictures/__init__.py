"""The picture that an analyst would draw of each measure, one file per measure, found by its name.

Each offers `picture(told: Told) -> Picture`: a sentence with the doubt in it, then blocks. Without a file a measure is
drawn as intervals side by side.
"""

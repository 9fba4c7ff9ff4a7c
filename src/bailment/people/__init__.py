"""People: importers, a generator, and the rendering of each person's fields into fragments.

Pure but for reading the files that an importer is pointed at. It speaks no SQL and reads no clock.
"""

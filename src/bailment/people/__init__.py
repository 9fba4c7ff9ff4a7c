"""People: importers, a generator, the rendering of each person's fields into fragments, and pictures.

Pure but for reading the files that an importer is pointed at and starting the processes that decode pictures
(`pictures.py`). It speaks no SQL and reads no clock.
"""

"""Lists as dated data: an importer a format, the comparison of two snapshots, and how records are kept."""

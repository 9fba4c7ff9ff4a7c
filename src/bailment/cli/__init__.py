"""The command line. Importing this package stays light: the verifier stands alone."""

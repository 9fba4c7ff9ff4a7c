"""What the outside speaks: one package per protocol, each a codec and its routes."""

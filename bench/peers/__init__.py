"""What ours is measured beside, each written as well as we know how."""

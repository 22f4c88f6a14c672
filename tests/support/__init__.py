"""What tests of several rooms use: hubs as real processes."""

"""Places: what each of the plan's places looks like, drawn from the back to the front."""

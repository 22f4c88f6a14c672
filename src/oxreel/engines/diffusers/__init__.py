"""The diffusers engine: films a storyboard with open weights on this machine's GPU."""

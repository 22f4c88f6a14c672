"""What those who run a hub look at and do: is it ready, how does it do, clear it, save it, bring it back."""

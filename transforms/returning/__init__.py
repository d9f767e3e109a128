"""What the sender of a rejected file gets back."""

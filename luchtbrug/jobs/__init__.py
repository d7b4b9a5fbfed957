"""Jobs that fetch from storage, call validation and store what comes back."""
